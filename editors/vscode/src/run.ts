// Having dhi-ls do something: by a command of the server where it offers one,
// else by the command line in a task.
import * as vscode from 'vscode';
import { offers, execute } from './serverCommands';
import type { Session } from './session';
import { makeTask, type DhiTask } from './tasks';

/** Runs a command of the server, if it offers it. Failures are shown. */
export async function onServer<R>(session: Session, command: string, ...args: unknown[]): Promise<{ result: R } | undefined> {
  const client = session.client();
  if (!client?.isRunning() || !offers(client, command)) {
    return undefined;
  }
  try {
    return { result: await execute<R>(client, command, ...args) };
  } catch (err) {
    const message = err instanceof Error ? err.message : String(err);
    session.output.error(`${command}: ${message}`);
    void vscode.window.showErrorMessage(message, 'Show Output').then((choice) => choice && session.output.show());
    throw err;
  }
}

/** Runs the command line in the terminal. */
export async function inTerminal(
  session: Session,
  command: DhiTask['command'],
  args: string[],
  about?: vscode.Uri,
): Promise<vscode.TaskExecution | undefined> {
  const folder = about && vscode.workspace.getWorkspaceFolder(about);
  const scope = folder ?? vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace;
  const paths = about ? [about.fsPath] : [];
  try {
    return await vscode.tasks.executeTask(makeTask(session.context, { type: 'dhi-ls', command, args, paths }, scope));
  } catch (err) {
    void vscode.window.showErrorMessage(String(err instanceof Error ? err.message : err));
    return undefined;
  }
}

/** The definition that a command is about: its argument, else what the user looks at, in an editor or in the panel of its build. */
export function definitionOf(session: Session, argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) {
    return argument;
  }
  const uri = (argument as { uri?: unknown } | undefined)?.uri;
  if (typeof uri === 'string') {
    return vscode.Uri.parse(uri);
  }
  const active = vscode.window.activeTextEditor?.document.uri ?? session.builds.active();
  if (!active) {
    void vscode.window.showInformationMessage('Open a definition first.');
  }
  return active;
}
