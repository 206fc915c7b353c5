// Building. The server builds from the buffer and puts failures on their
// nodes; the log arrives in the build panel. A server without builds leaves it
// to the command line.
import * as vscode from 'vscode';
import type { Build } from '../buildLog';
import { chooseBuildOptions } from './buildOptions';
import { definitionOf, inTerminal, onServer } from '../run';
import { SERVER } from '../serverCommandIds';
import type { Session } from '../session';

/** The options of a build, as dhi-ls.build takes them. */
export interface BuildOptions {
  load?: boolean;
  push?: boolean;
  tags?: string[];
  platforms?: string[];
  guide?: boolean;
  noCache?: boolean;
  check?: boolean;
}

const running = new Map<string, vscode.TaskExecution>();

/** Builds. Lenses and actions of the server bring their options along. */
export function build(session: Session, argument?: unknown): Promise<void> {
  const { uri: _, ...options } = argument instanceof vscode.Uri ? {} : ((argument ?? {}) as { uri?: string } & BuildOptions);
  return start(session, argument, options);
}

export async function buildAndLoad(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(session, argument);
  if (!about) {
    return;
  }
  const tag = await vscode.window.showInputBox({
    title: 'Name of the image in the Docker engine',
    value: `${localName(about)}:dev`,
    validateInput: (name) => (/^(docker\.io\/)?dhi(\.io)?\//.test(name) ? 'That name belongs to the registry of DHI.' : undefined),
  });
  if (tag !== undefined) {
    await start(session, about, { load: true, ...(tag === '' ? {} : { tags: [tag] }) });
  }
}

export async function buildWithOptions(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(session, argument);
  const options = about && (await chooseBuildOptions(localName(about)));
  if (about && options) {
    await start(session, about, options);
  }
}

export async function cancelBuild(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(session, argument);
  if (!about) {
    return;
  }
  running.get(about.toString())?.terminate();
  await onServer(session, SERVER.cancelBuild, { uri: about.toString() });
}

/** Brings the log of the last build to the front. */
export async function showBuild(session: Session): Promise<void> {
  if (running.size > 0) {
    await vscode.commands.executeCommand('workbench.action.terminal.focus');
  } else if (!session.builds.reveal()) {
    void vscode.window.showInformationMessage('Nothing has been built yet.');
  }
}

async function start(session: Session, argument: unknown, options: BuildOptions): Promise<void> {
  const about = definitionOf(session, argument);
  if (!about) {
    return;
  }
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage('Builds run programs of the definition: trust the workspace first.');
    return;
  }
  const answer = await onServer<Build>(session, SERVER.build, { uri: about.toString(), ...options });
  if (answer) {
    session.builds.began(answer.result);
  } else {
    await inTask(session, about, options);
  }
}

async function inTask(session: Session, about: vscode.Uri, options: BuildOptions): Promise<void> {
  await vscode.workspace.textDocuments.find((d) => d.uri.toString() === about.toString())?.save();
  const execution = await inTerminal(session, 'build', flags(options), about);
  if (!execution) {
    return;
  }
  const key = about.toString();
  running.set(key, execution);
  await vscode.commands.executeCommand('setContext', 'dhi.building', true);
  const ended = vscode.tasks.onDidEndTask(async (event) => {
    if (event.execution === execution) {
      ended.dispose();
      running.delete(key);
      await vscode.commands.executeCommand('setContext', 'dhi.building', running.size > 0);
    }
  });
}

/** The flags of `dhi-ls build` that stand for options. */
export function flags(options: BuildOptions): string[] {
  const switches: [boolean | undefined, string][] = [
    [options.load, '--load'],
    [options.push, '--push'],
    [options.guide, '--guide'],
    [options.noCache, '--no-cache'],
    [options.check, '--check'],
  ];
  return [
    ...switches.filter(([on]) => on).map(([, flag]) => flag),
    ...(options.tags ?? []).flatMap((tag) => ['--tag', tag]),
    ...(options.platforms ?? []).flatMap((platform) => ['--platform', platform]),
  ];
}

/** A local name for the image of a definition: that of its folder and file. */
function localName(definition: vscode.Uri): string {
  const parts = definition.path.split('/').filter((p) => p !== '');
  const name = (parts.at(-1) ?? 'image').replace(/\.(ya?ml|dhi)$/, '').toLowerCase();
  return name.replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'image';
}
