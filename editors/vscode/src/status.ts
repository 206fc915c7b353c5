// The item in the status bar: server, package indexes, builder.
import * as vscode from 'vscode';
import { statusText, statusTooltip, TOOLTIP_COMMANDS, type ServerStatus } from './statusText';

const BACKGROUNDS = { ok: undefined, warning: 'statusBarItem.warningBackground', error: 'statusBarItem.errorBackground' } as const;

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 10);
  private last: ServerStatus | undefined;
  private percent: number | undefined;
  private isRunning = false;
  private readonly shown: vscode.Disposable;

  constructor() {
    this.item.name = 'DHI';
    this.item.command = 'dhi.showMenu';
    this.shown = vscode.window.onDidChangeVisibleTextEditors(() => this.showOrHide());
    this.running(false, true);
    this.showOrHide();
  }

  /** The state of the process. */
  running(running: boolean, starting: boolean): void {
    this.isRunning = running;
    if (running) {
      this.draw();
      return;
    }
    this.last = undefined;
    this.percent = undefined;
    this.building(false);
    this.set(starting ? '$(sync~spin) DHI' : '$(circle-slash) DHI', [starting ? 'The language server is starting.' : 'The language server is not running.']);
  }

  /** What the server says about itself. */
  show(status: ServerStatus): void {
    this.last = status;
    this.draw();
    this.building(status.builder?.building ?? false);
  }

  /** How far the builds that run are. */
  progress(percent: number | undefined): void {
    if (percent !== this.percent) {
      this.percent = percent;
      this.draw();
    }
  }

  failed(reason: string): void {
    this.isRunning = false;
    this.last = undefined;
    this.set('$(error) DHI', [reason], BACKGROUNDS.error);
  }

  dispose(): void {
    this.shown.dispose();
    this.item.dispose();
  }

  private draw(): void {
    if (this.isRunning) {
      const status = this.last ?? { health: 'ok', busy: false };
      this.set(statusText(status, this.percent), statusTooltip(status, vscode.workspace.isTrusted), BACKGROUNDS[status.health]);
    }
  }

  private set(text: string, tooltip: string[], background?: string): void {
    const markdown = new vscode.MarkdownString(tooltip.join('\n\n'), true);
    markdown.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
    this.item.text = text;
    this.item.tooltip = markdown;
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.item.accessibilityInformation = { label: text.replace(/\$\([^)]*\) ?/, '') + ', Docker Hardened Image definitions' };
  }

  private building(running: boolean): void {
    void vscode.commands.executeCommand('setContext', 'dhi.building', running);
  }

  private showOrHide(): void {
    if (vscode.window.visibleTextEditors.some(({ document: { languageId: id } }) => id === 'yaml' || id === 'dhi')) {
      this.item.show();
    } else {
      this.item.hide();
    }
  }
}
