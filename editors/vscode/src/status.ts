// The item in the status bar: server, package indexes, builder.
import * as vscode from 'vscode';

/** The payload of dhi-ls/status. */
export interface ServerStatus {
  health: 'ok' | 'warning' | 'error';
  busy: boolean;
  message?: string;
  index?: { repositories: number; updated?: string; stale: boolean };
  builder?: { name: string; loggedIn: boolean; building: boolean };
}

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 10);
  private last: ServerStatus | undefined;
  private readonly shown: vscode.Disposable;

  constructor() {
    this.item.name = 'DHI';
    this.item.command = 'dhi.showMenu';
    this.shown = vscode.window.onDidChangeActiveTextEditor(() => this.showOrHide());
    this.running(false, true);
    this.showOrHide();
  }

  /** The state of the process. */
  running(running: boolean, starting: boolean): void {
    if (running) {
      this.draw(this.last ?? { health: 'ok', busy: false });
    } else {
      this.last = undefined;
      this.set(starting ? '$(sync~spin) DHI' : '$(circle-slash) DHI', starting ? 'The server is starting' : 'The server is not running');
    }
  }

  /** What the server says about itself. */
  show(status: ServerStatus): void {
    this.last = status;
    this.draw(status);
    void vscode.commands.executeCommand('setContext', 'dhi.building', status.builder?.building ?? false);
  }

  failed(reason: string): void {
    this.last = undefined;
    this.set('$(error) DHI', reason, 'statusBarItem.errorBackground');
  }

  dispose(): void {
    this.shown.dispose();
    this.item.dispose();
  }

  private draw(status: ServerStatus): void {
    const background = { ok: undefined, warning: 'statusBarItem.warningBackground', error: 'statusBarItem.errorBackground' }[status.health];
    this.set(statusText(status), statusTooltip(status).join('\n\n'), background);
  }

  private set(text: string, tooltip: string, background?: string): void {
    this.item.text = text;
    this.item.tooltip = new vscode.MarkdownString(tooltip);
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
  }

  private showOrHide(): void {
    const id = vscode.window.activeTextEditor?.document.languageId;
    if (id === 'yaml' || id === 'dhi') {
      this.item.show();
    } else {
      this.item.hide();
    }
  }
}

/** The text of the item. */
export function statusText(status: ServerStatus): string {
  if (status.builder?.building) {
    return '$(sync~spin) DHI: building';
  }
  const icon = status.busy ? '$(sync~spin)' : { ok: '$(package)', warning: '$(warning)', error: '$(error)' }[status.health];
  return `${icon} DHI`;
}

/** The paragraphs of the tooltip. */
export function statusTooltip(status: ServerStatus, now = Date.now()): string[] {
  const lines = [status.message ?? 'The server is running'];
  if (status.index) {
    const { repositories, updated, stale } = status.index;
    const age = updated === undefined ? '' : `, ${ago(now - Date.parse(updated))} old`;
    lines.push(repositories === 0 ? 'No package indexes yet' : `${repositories} package indexes${age}${stale ? ' (stale)' : ''}`);
  }
  if (status.builder) {
    lines.push(`Builder ${status.builder.name}, ${status.builder.loggedIn ? 'logged in' : 'not logged in'} to dhi.io`);
  }
  return lines;
}

/** A span of time in its largest whole unit. */
function ago(milliseconds: number): string {
  const units: [number, string][] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ];
  for (const [size, name] of units) {
    const n = Math.floor(milliseconds / size);
    if (n >= 1) {
      return `${n} ${name}${n === 1 ? '' : 's'}`;
    }
  }
  return 'less than a minute';
}
