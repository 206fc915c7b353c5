// A new definition, by questions. The server writes it.
import * as vscode from 'vscode';
import { argumentOf, DISTRIBUTIONS, imageOf, portsOf, withPrefix, wrong, type Answers } from '../newDefinition';
import { choosePackages } from '../packageSearch';
import { onServer } from '../run';
import { SERVER } from '../serverCommandIds';
import type { Session } from '../session';
import { askAll, BACK, choose, type, type Answer, type Frame, type Question } from '../wizard';

const TITLE = 'New DHI definition';

const KINDS = [
  { label: 'Image', description: 'a container image', makes: 'image' },
  { label: 'Package', description: 'a package that is built from source', makes: 'package' },
  { label: 'Chart', description: 'a Helm chart', makes: 'chart' },
] as const;

const VARIANTS = [
  { label: 'Runtime', description: 'runs the program, without a shell or a package manager', variant: 'runtime' },
  { label: 'Dev', description: 'for building on top of it, with both', variant: 'dev' },
] as const;

export async function newDefinition(session: Session): Promise<void> {
  const answers = await askAll<Answers>(TITLE, questions(session));
  if (!answers) {
    return;
  }
  const made = await onServer<{ text: string }>(session, SERVER.new, argumentOf(answers));
  if (!made) {
    void vscode.window.showErrorMessage('The DHI language server is not running, and it writes new definitions.', 'Show Output').then(
      (choice) => choice && session.output.show(),
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: made.result.text });
  await vscode.window.showTextDocument(document);
}

function questions(session: Session): Question<Answers>[] {
  const isImage = (a: Partial<Answers>) => a.kind === 'image';
  return [
    {
      ask: (_, frame) => picked(choose(frame, 'What is it that you define?', [...KINDS]), ({ makes }) => ({ kind: makes })),
    },
    {
      when: (a) => a.kind !== 'chart',
      ask: (_, frame) => picked(choose(frame, 'Which distribution is it based on?', DISTRIBUTIONS), ({ dist }) => ({ dist })),
    },
    {
      when: isImage,
      ask: (_, frame) => picked(choose(frame, 'Which variant?', [...VARIANTS]), ({ variant }) => ({ variant })),
    },
    { ask: (_, frame) => typed(frame, 'What is the product called?', '', wrong.name, (name) => ({ name })) },
    {
      ask: (a, frame) =>
        typed(frame, 'What is the image called? Its registry and name, without a tag', imageOf(a.name!, a.kind!), wrong.image, (image) => ({ image })),
    },
    { ask: (_, frame) => typed(frame, 'Which version of the product?', '1.0.0', wrong.version, (version) => ({ version })) },
    {
      when: (a) => a.kind !== 'chart',
      ask: (a, frame) =>
        choosePackages(session, frame, async (prefix) => {
          const made = await onServer<{ text: string }>(session, SERVER.new, argumentOf(a));
          return made && withPrefix(made.result.text, prefix);
        }).then((packages) => (Array.isArray(packages) ? { packages } : packages)),
    },
    {
      when: (a) => isImage(a) && a.variant !== 'dev',
      ask: (_, frame) => typed(frame, 'Which user does it run as?', 'nonroot', wrong.user, (user) => ({ user })),
    },
    {
      when: isImage,
      ask: (_, frame) => typed(frame, 'Which ports does it listen on? With blanks between them; none is fine', '', wrong.ports, (ports) => ({ ports: portsOf(ports) })),
    },
  ];
}

async function picked<T extends string | object>(choice: Promise<Answer<T>>, take: (item: T) => Partial<Answers>): Promise<Answer<Partial<Answers>>> {
  const item = await choice;
  return item === undefined || item === BACK ? item : take(item as T);
}

function typed(
  frame: Frame,
  prompt: string,
  value: string,
  fault: (text: string) => string | undefined,
  take: (text: string) => Partial<Answers>,
): Promise<Answer<Partial<Answers>>> {
  return picked(type(frame, prompt, value, fault), take);
}
