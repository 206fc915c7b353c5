// Package indexes and what definitions resolve to.
import * as vscode from 'vscode';
import { dhiLs } from '../program';
import { definitionOf, inTerminal, onServer } from '../run';
import { SERVER } from '../serverCommandIds';
import type { Session } from '../session';

export async function updateIndexes(session: Session): Promise<void> {
  const about = vscode.window.activeTextEditor?.document.uri;
  const argument = about ? { uri: about.toString() } : {};
  if (!(await onServer(session, SERVER.updateIndexes, argument))) {
    await inTerminal(session, 'index', ['update'], about);
  }
}

export async function showIndexStatus(session: Session): Promise<void> {
  await session.pages.show('package-indexes.txt', await dhiLs(session.context, 'index', 'list'));
}

export async function showResolvedPackages(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(session, argument);
  if (!about) {
    return;
  }
  // A lens says which stage it stands over.
  const { stage, platform } = (argument ?? {}) as { stage?: string; platform?: string };
  const answer = await onServer<{ text: string }>(session, SERVER.resolve, { uri: about.toString(), stage, platform });
  if (answer) {
    await session.pages.show('resolved-packages.txt', answer.result.text);
    return;
  }
  await inTerminal(session, 'resolve', [], about);
}
