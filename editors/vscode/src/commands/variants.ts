// A definition among the other variants of its image, and in another version.
import * as vscode from 'vscode';
import { definitionOf, onServer } from '../run';
import { SERVER } from '../serverCommandIds';
import type { Session } from '../session';

/** Compares with the other variants; the server opens what it found. */
export async function compareVariants(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(session, argument);
  if (!about) {
    return;
  }
  const answer = await onServer<{ variants: unknown[] }>(session, SERVER.compareVariants, { uri: about.toString() });
  if (answer?.result.variants.length === 0) {
    void vscode.window.showInformationMessage('The workspace has no other variant of this image.');
  }
}

/** Takes the product to another version. */
export async function upgrade(session: Session, argument?: unknown): Promise<void> {
  const about = definitionOf(session, argument);
  const version = about && (await vscode.window.showInputBox({ title: 'Upgrade', prompt: 'Which version of the product? Empty: the newest that is known' }));
  if (!about || version === undefined) {
    return;
  }
  const wanted = version.trim() === '' ? {} : { version: version.trim() };
  const answer = await onServer<{ message: string }>(session, SERVER.upgrade, { uri: about.toString(), ...wanted });
  if (answer?.result.message) {
    void vscode.window.showInformationMessage(answer.result.message);
  }
}
