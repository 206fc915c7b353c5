// Looking after the server.
import * as vscode from 'vscode';
import { inTerminal } from '../run';
import type { Session } from '../session';

export function restartServer(session: Session): Promise<void> {
  return session.restart();
}

export function showOutput(session: Session): void {
  session.output.show();
}

export async function doctor(session: Session): Promise<void> {
  await inTerminal(session, 'doctor', []);
}

/** What the status item offers. */
export async function showMenu(): Promise<void> {
  const entries: [string, string][] = [
    ['$(play) Build', 'dhi.build'],
    ['$(check-all) Check workspace', 'dhi.checkWorkspace'],
    ['$(cloud-download) Update package indexes', 'dhi.updateIndexes'],
    ['$(database) Index status', 'dhi.showIndexStatus'],
    ['$(pulse) Doctor', 'dhi.doctor'],
    ['$(debug-restart) Restart server', 'dhi.restartServer'],
    ['$(output) Output', 'dhi.showOutput'],
  ];
  const chosen = await vscode.window.showQuickPick(
    entries.map(([label, command]) => ({ label, command })),
    { title: 'Docker Hardened Image definitions' },
  );
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
