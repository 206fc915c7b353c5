// Having the server carry out its commands.
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';

/** Says whether the running server offers a command. */
export function offers(client: LanguageClient, command: string): boolean {
  return client.initializeResult?.capabilities.executeCommandProvider?.commands.includes(command) ?? false;
}

/** Has the server carry out a command. Rejects with the server's message. */
export function execute<R>(client: LanguageClient, command: string, ...args: unknown[]): Promise<R> {
  return client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args }) as Promise<R>;
}
