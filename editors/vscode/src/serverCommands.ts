// The commands of the server (docs/protocol.md). A server offers those that it
// lists in its capabilities; an older one may lack some.
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';

export const SERVER = {
  build: 'dhi-ls.build',
  cancelBuild: 'dhi-ls.cancelBuild',
  check: 'dhi-ls.check',
  explain: 'dhi-ls.explain',
  showProblems: 'dhi-ls.showProblems',
  updateIndexes: 'dhi-ls.index.update',
  resolve: 'dhi-ls.resolve',
} as const;

/** Commands that lenses and actions of the server carry and this editor does better itself. */
export const OURS: Record<string, string> = {
  [SERVER.build]: 'dhi.build',
  [SERVER.explain]: 'dhi.openRulePage',
  [SERVER.showProblems]: 'workbench.actions.view.problems',
  [SERVER.updateIndexes]: 'dhi.updateIndexes',
  [SERVER.resolve]: 'dhi.showResolvedPackages',
};

/** Says whether the running server offers a command. */
export function offers(client: LanguageClient, command: string): boolean {
  return client.initializeResult?.capabilities.executeCommandProvider?.commands.includes(command) ?? false;
}

/** Has the server carry out a command. Rejects with the server's message. */
export function execute<R>(client: LanguageClient, command: string, ...args: unknown[]): Promise<R> {
  return client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args }) as Promise<R>;
}
