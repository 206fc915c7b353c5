// A session: the language client and all that lives as long as it does.
import * as vscode from 'vscode';
import { LanguageClient, State } from 'vscode-languageclient/node';
import { type CommandId } from './commands/ids';
import { handlers, type Handler } from './commands';
import { createClient, STATUS } from './languageClient';
import { BUILD_LOG, type BuildLog } from './buildLog';
import { BuildPanel } from './buildPanel';
import { registerRest } from './delegate';
import { ProgramError } from './server';
import { StatusItem } from './status';
import type { ServerStatus } from './statusText';
import { leaveToUs } from './redhat';
import { VirtualDocuments } from './virtualDocuments';

export interface Session {
  readonly context: vscode.ExtensionContext;
  readonly output: vscode.LogOutputChannel;
  readonly status: StatusItem;
  readonly pages: VirtualDocuments;
  readonly builds: BuildPanel;
  /** The running client. Undefined when there is no server or it does not start. */
  client(): LanguageClient | undefined;
  run(command: CommandId, ...args: unknown[]): Promise<unknown>;
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts the server. It never rejects: what is wrong is shown to the user. */
export async function startSession(context: vscode.ExtensionContext): Promise<Session> {
  const session = new RunningSession(context);
  await session.start();
  return session;
}

class RunningSession implements Session {
  readonly output = vscode.window.createOutputChannel('DHI', { log: true });
  readonly status = new StatusItem();
  readonly pages = new VirtualDocuments();
  readonly builds: BuildPanel;
  private current: LanguageClient | undefined;
  private delegated: vscode.Disposable | undefined;
  private readonly commands: Record<CommandId, Handler> = handlers(this);

  constructor(readonly context: vscode.ExtensionContext) {
    this.builds = new BuildPanel(context.extensionUri);
    context.subscriptions.push(
      this.builds,
      this.output,
      this.status,
      this.pages,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.restart()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('dhi-ls.server')) {
          void this.restart();
        }
      }),
    );
    void leaveToUs(context, this.output);
  }

  client(): LanguageClient | undefined {
    return this.current;
  }

  async run(command: CommandId, ...args: unknown[]): Promise<unknown> {
    return this.commands[command](...args);
  }

  async start(): Promise<void> {
    try {
      const client = createClient(this.context, this.output);
      client.onDidChangeState(({ newState }) => this.status.running(newState === State.Running, newState === State.Starting));
      client.onNotification(STATUS, (status: ServerStatus) => this.status.show(status));
      client.onNotification(BUILD_LOG, (log: BuildLog) => {
        this.builds.add(log);
        this.status.progress(this.builds.percent());
      });
      this.current = client;
      await client.start();
      this.delegated = registerRest(client);
    } catch (err) {
      this.failed(err);
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async dispose(): Promise<void> {
    await this.stop();
  }

  private async stop(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    this.delegated?.dispose();
    if (client === undefined) {
      return;
    }
    try {
      await client.dispose();
    } catch (err) {
      this.output.warn(`stop: ${String(err)}`);
    }
  }

  /** Says what is wrong, without waiting for an answer. */
  private failed(err: unknown): void {
    const reason = err instanceof Error ? err.message : String(err);
    this.current = undefined;
    this.output.error(reason);
    this.status.failed(reason);
    const choices = err instanceof ProgramError ? ['Open Settings', 'Show Output'] : ['Show Output'];
    void vscode.window.showErrorMessage(`The DHI language server did not start. ${reason}`, ...choices).then((choice) => {
      if (choice === 'Open Settings') {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'dhi-ls.server.path');
      } else if (choice === 'Show Output') {
        this.output.show();
      }
    });
  }
}
