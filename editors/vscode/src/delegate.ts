// Commands that the server's lenses, hints and actions carry. What this editor
// does better itself is led to the extension's own commands.
import * as vscode from 'vscode';
import type { ExecuteCommandMiddleware, LanguageClient } from 'vscode-languageclient/node';
import { OURS } from './serverCommandIds';
import { offers } from './serverCommands';

/** For commands that the server offers, and which the client has registered for it. */
export const delegation: ExecuteCommandMiddleware = {
  executeCommand: (command, args: unknown[], next) => {
    const own = OURS[command];
    return own === undefined ? next(command, args) : vscode.commands.executeCommand(own, ...args);
  },
};

/** Registers those that the server does not offer. */
export function registerRest(client: LanguageClient): vscode.Disposable {
  const rest = Object.entries(OURS).filter(([command]) => !offers(client, command));
  return vscode.Disposable.from(
    ...rest.map(([command, own]) =>
      vscode.commands.registerCommand(command, (...args: unknown[]) => vscode.commands.executeCommand(own, ...args)),
    ),
  );
}
