// Package indexes and what definitions resolve to.
import * as vscode from 'vscode';
import { definitionOf, inTerminal, onServer } from '../run';
import { SERVER } from '../serverCommands';
import type { Session } from '../session';

export async function updateIndexes(session: Session): Promise<void> {
  const about = vscode.window.activeTextEditor?.document.uri;
  const argument = about ? { uri: about.toString() } : {};
  if (!(await onServer(session, SERVER.updateIndexes, argument))) {
    await inTerminal(session, 'index', ['update'], about);
  }
}

export async function showIndexStatus(session: Session): Promise<void> {
  const answer = await onServer<unknown>(session, SERVER.indexStatus, {});
  if (answer) {
    await session.pages.show(...page('package-indexes', answer.result));
    return;
  }
  await inTerminal(session, 'index', ['list']);
}

export async function showResolvedPackages(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(argument);
  if (!about) {
    return;
  }
  const answer = await onServer<unknown>(session, SERVER.resolve, { uri: about.toString() });
  if (answer) {
    await session.pages.show(...page('resolved-packages', answer.result));
    return;
  }
  await inTerminal(session, 'resolve', [], about);
}

/** A result as a page: text as it is, anything else as JSON. */
function page(name: string, result: unknown): [string, string] {
  const text = typeof result === 'string' ? result : (result as { text?: unknown } | null)?.text;
  return typeof text === 'string' ? [`${name}.txt`, text] : [`${name}.json`, JSON.stringify(result, undefined, 2)];
}
