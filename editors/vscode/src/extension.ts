// What runs in every window with YAML in it. It is kept small: all that
// belongs to the language client is loaded with the first definition.
import * as vscode from 'vscode';
import { concernsServer, isDirective } from './detect';
import { COMMANDS } from './commands/ids';
import type { Session } from './session';

let session: Promise<Session> | undefined;

/** What the extension exports, for tests and other extensions. */
export interface Api {
  /** The running session, undefined before the first definition. */
  session(): Promise<Session> | undefined;
}

export function activate(context: vscode.ExtensionContext): Api {
  const start = () => (session ??= load(context));
  const look = (document: vscode.TextDocument) => {
    if (concernsServer(document.languageId, document.uri.path, document.lineAt(0).text)) {
      void start();
    }
  };
  vscode.workspace.textDocuments.forEach(look);
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument((change) => {
      if (change.contentChanges.some((c) => c.range.start.line === 0)) {
        look(change.document);
        markActive();
      }
    }),
    vscode.window.onDidChangeActiveTextEditor(markActive),
    vscode.tasks.registerTaskProvider('dhi-ls', {
      provideTasks: async () => (await import('./client.js')).provideTasks(context),
      resolveTask: async (task) => (await import('./client.js')).resolveTask(context, task),
    }),
    ...COMMANDS.map((id) =>
      vscode.commands.registerCommand(`dhi.${id}`, async (...args: unknown[]) => (await start()).run(id, ...args)),
    ),
  );
  markActive();
  return { session: () => session };
}

export async function deactivate(): Promise<void> {
  await (await session)?.dispose();
}

async function load(context: vscode.ExtensionContext): Promise<Session> {
  const { startSession } = await import('./client.js');
  return startSession(context);
}

/** Sets the context key that menus and commands depend on. */
function markActive(): void {
  const document = vscode.window.activeTextEditor?.document;
  const ours =
    document !== undefined &&
    (document.languageId === 'dhi' || (document.languageId === 'yaml' && isDirective(document.lineAt(0).text)));
  void vscode.commands.executeCommand('setContext', 'dhi.isDefinition', ours);
}
