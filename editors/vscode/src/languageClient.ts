// The language client, and what it tells the server about this editor.
import * as vscode from 'vscode';
import {
  type ClientCapabilities,
  CloseAction,
  type ErrorHandler,
  ErrorAction,
  type FeatureState,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { delegation } from './delegate';
import { BUILD_LOG } from './buildLog';
import { findProgram } from './server';

/** The id of the client is the section of its settings. */
export const SECTION = 'dhi-ls';

/** Notifications of the server beyond LSP, which it sends to clients that declare them. */
export const STATUS = 'dhi-ls/status';

/** Makes a client; it is not started yet. Throws a ProgramError without a server. */
export function createClient(context: vscode.ExtensionContext, output: vscode.LogOutputChannel): LanguageClient {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const program = findProgram(context.extensionPath, settings.get('server.path', ''));
  const args = ['serve', ...settings.get<string[]>('server.args', [])];
  output.info(`server: ${program.command} ${args.join(' ')} (from ${program.from})`);
  const server: ServerOptions = {
    command: program.command,
    args,
    options: { env: { ...process.env, ...settings.get<Record<string, string>>('server.env', {}) } },
  };
  const client = new LanguageClient(SECTION, 'DHI', server, clientOptions(output));
  client.registerFeature(new Declarations());
  return client;
}

function clientOptions(output: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [
      { language: 'yaml', scheme: 'file' },
      { language: 'yaml', scheme: 'untitled' },
      { language: 'dhi', scheme: 'file' },
      { language: 'dhi', scheme: 'untitled' },
    ],
    initializationOptions: { trusted: vscode.workspace.isTrusted },
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    errorHandler: new Restarts(output),
    middleware: delegation,
    markdown: { isTrusted: { enabledCommands: ['dhi.openRulePage'] } },
  };
}

/** Restarts a server that ends, but not one that ends over and over. */
export class Restarts implements ErrorHandler {
  private readonly ends: number[] = [];

  constructor(
    private readonly output: { warn(message: string): void; error(message: string): void },
    private readonly now: () => number = Date.now,
  ) {}

  error(error: Error): { action: ErrorAction } {
    this.output.warn(`connection: ${error.message}`);
    return { action: ErrorAction.Continue };
  }

  closed(): { action: CloseAction; message?: string; handled?: boolean } {
    const minutesAgo = this.now() - 3 * 60_000;
    this.ends.push(this.now());
    if (this.ends.filter((at) => at > minutesAgo).length <= 5) {
      this.output.warn('the server ended; it is started again');
      return { action: CloseAction.Restart, handled: true };
    }
    this.output.error('the server ended six times within three minutes');
    return {
      action: CloseAction.DoNotRestart,
      message: 'The DHI language server keeps ending. Its output says why; "DHI: Restart Language Server" starts it again.',
    };
  }
}

/** Declares the notifications that this client understands. */
class Declarations implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const experimental = (capabilities.experimental ??= {}) as Record<string, unknown>;
    experimental[STATUS] = true;
    experimental[BUILD_LOG] = true;
  }

  initialize(): void {}

  getState(): FeatureState {
    return { kind: 'static' };
  }

  clear(): void {}
}
