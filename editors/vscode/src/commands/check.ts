// Checking everything: the findings arrive among the problems.
import * as vscode from 'vscode';
import { inTerminal } from '../run';
import type { Session } from '../session';

export async function checkWorkspace(session: Session): Promise<unknown> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void vscode.window.showInformationMessage('There is no folder open that could be checked.');
    return undefined;
  }
  await vscode.workspace.saveAll(false);
  return Promise.all(folders.map((folder) => inTerminal(session, 'check', ['--fail-on', 'never'], folder.uri)));
}
