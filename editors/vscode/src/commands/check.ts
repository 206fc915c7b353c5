// Checking everything: the findings arrive among the problems.
import * as vscode from 'vscode';
import { inTerminal, onServer } from '../run';
import { SERVER } from '../serverCommandIds';
import type { Session } from '../session';

interface Counts {
  message: string;
}

export async function checkWorkspace(session: Session): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void vscode.window.showInformationMessage('There is no folder open that could be checked.');
    return;
  }
  const answer = await onServer<Counts | null>(session, SERVER.check);
  if (!answer) {
    await vscode.workspace.saveAll(false);
    await Promise.all(folders.map((folder) => inTerminal(session, 'check', ['--fail-on', 'never'], folder.uri)));
    return;
  }
  await vscode.commands.executeCommand('workbench.actions.view.problems');
  if (answer.result?.message) {
    void vscode.window.setStatusBarMessage(`DHI: ${answer.result.message}`, 10_000);
  }
}
