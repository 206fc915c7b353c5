// A new definition, by questions.
import * as vscode from 'vscode';
import { choosePackages } from '../packageSearch';
import { DISTRIBUTIONS, scaffold, type Answers } from '../scaffold';
import type { Session } from '../session';

const TITLE = 'New definition';

export async function newDefinition(session: Session): Promise<void> {
  const answers = await ask(session);
  if (!answers) {
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: scaffold(answers) });
  await vscode.window.showTextDocument(document);
}

/** Asks one thing after the other. Undefined as soon as the user turns away. */
async function ask(session: Session): Promise<Answers | undefined> {
  const chosen = await vscode.window.showQuickPick(
    DISTRIBUTIONS.map((d) => ({ label: `${d.family === 'alpine' ? 'Alpine' : 'Debian'} ${d.release}`, description: d.codename ?? '', d })),
    { title: TITLE, placeHolder: 'Distribution' },
  );
  const variant = chosen && (await chooseVariant());
  const image = variant && (await text('Image without a tag', 'registry.example.com/app', /^[a-z0-9][a-z0-9._:-]*(\/[a-z0-9._-]+)*$/));
  const title = image && (await text('Name for people', titleOf(image), /\S/));
  const version = title && (await text('Version of the product', '1.0.0', /^\d+\.\d+\.\d+$/));
  const user = version && (await text('User that it runs as', 'nonroot', /^[a-z_][a-z0-9_-]*$/));
  const ports = user === undefined ? undefined : await text('Ports, separated by blanks; may be empty', '', /^(\d+(\/(tcp|udp))?\s*)*$/);
  if (!chosen || !variant || !image || !title || !version || !user || ports === undefined) {
    return undefined;
  }
  const known = { distribution: chosen.d, variant, image, title, version, user, ports: portsOf(ports), packages: [] };
  const packages = await choosePackages(session.client(), TITLE, (prefix) => scaffoldWithCursor(known, prefix));
  return packages && { ...known, packages };
}

async function chooseVariant(): Promise<Answers['variant'] | undefined> {
  const chosen = await vscode.window.showQuickPick(
    [
      { label: 'runtime', description: 'runs the program, without a shell or package manager' },
      { label: 'dev', description: 'builds on top of it, with both' },
    ],
    { title: TITLE, placeHolder: 'Variant' },
  );
  return chosen?.label as Answers['variant'] | undefined;
}

function text(prompt: string, value: string, form: RegExp): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: TITLE,
    prompt,
    value,
    validateInput: (input) => (form.test(input) ? undefined : `Expected something like ${value || '8080/tcp'}`),
  });
}

/** Harbor Master for registry.example.com/harbor-master. */
function titleOf(image: string): string {
  const name = image.split('/').at(-1) ?? image;
  return name.replace(/(^|[-_.])([a-z])/g, (_, gap: string, letter: string) => (gap === '' ? '' : ' ') + letter.toUpperCase());
}

function portsOf(input: string): string[] {
  return input.split(/\s+/).filter((p) => p !== '').map((p) => (p.includes('/') ? p : `${p}/tcp`));
}

/** The definition with a prefix as its last package, and where the prefix ends. */
function scaffoldWithCursor(answers: Answers, prefix: string): { text: string; line: number; character: number } {
  const mark = '\u2063cursor';
  const lines = scaffold({ ...answers, packages: [] }).split('\n');
  const at = lines.indexOf('  packages:') + 1;
  lines.splice(at, 0, `    - ${mark}`);
  const line = lines.findIndex((l) => l.includes(mark));
  lines[line] = `    - ${prefix}`;
  return { text: lines.join('\n'), line, character: 6 + prefix.length };
}
