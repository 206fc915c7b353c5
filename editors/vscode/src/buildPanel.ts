// The panel of a build: where it stands, what failed, what came of it, its
// steps with their times, its log.
import * as vscode from 'vscode';
import { extend, linesOf, MAX_LINES, newView, type Build, type BuildLog, type Problem, type View } from './buildLog';
import { pageOf } from './buildPage';

/** The source of the findings that a build puts on its definition. */
const SOURCE = 'dhi-ls build';

/** What the panel is sent: a build anew with all of its log, or more of it. */
interface Message {
  view: View;
  problems: Problem[];
  lines: string[];
  anew: boolean;
}

/** What the panel asks for, by its buttons and links. */
interface Request {
  ask: 'ready' | 'copy' | 'command' | 'go' | 'log';
  text?: string;
  command?: string;
  line?: number;
}

/** The commands that the panel's buttons stand for. */
const BUTTONS = ['build', 'buildAndLoad', 'cancelBuild', 'doctor'];

interface Shown {
  view: View;
  lines: string[];
}

export class BuildPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly builds = new Map<string, Shown>();
  /** The definition whose build is in the panel. */
  private current = '';
  private readonly listening = vscode.languages.onDidChangeDiagnostics((change) => {
    if (change.uris.some((uri) => uri.toString() === this.key())) {
      this.send([], false);
    }
  });

  constructor(private readonly extension: vscode.Uri) {}

  /** A build that the user asked for has begun. */
  began(build: Build): void {
    const known = this.builds.get(build.uri);
    if (!known || known.view.ended) {
      this.builds.set(build.uri, { view: newView(build.uri, Date.now()), lines: [] });
    }
    this.current = build.uri;
    this.reveal();
  }

  /** More of the log of a build. */
  add(log: BuildLog): void {
    const now = Date.now();
    const before = this.builds.get(log.uri);
    // One that was begun elsewhere, or after another one.
    const fresh = !before || (before.view.ended !== undefined && before.view.ended.build !== log.build);
    const shown = fresh ? { view: newView(log.uri, now), lines: [] } : before;
    const lines = linesOf(log);
    shown.view = extend(shown.view, log, now);
    shown.lines = [...shown.lines, ...lines].slice(-MAX_LINES);
    this.builds.set(log.uri, shown);
    this.current ||= log.uri;
    if (log.uri === this.current) {
      this.send(fresh ? shown.lines : lines, fresh);
    }
  }

  /** The definition of the panel that the user looks at. */
  active(): vscode.Uri | undefined {
    return this.panel?.active && this.current !== '' ? vscode.Uri.parse(this.current) : undefined;
  }

  /** How far the builds that run are, in percent. */
  percent(): number | undefined {
    const running = [...this.builds.values()].filter((b) => !b.view.ended);
    return running.length === 0 ? undefined : Math.min(...running.map((b) => b.view.percent));
  }

  /** Brings the panel to the front. Says whether there is anything to show. */
  reveal(): boolean {
    if (!this.builds.has(this.current)) {
      return false;
    }
    this.panel ??= this.create();
    this.panel.reveal(undefined, true);
    this.draw();
    return true;
  }

  dispose(): void {
    this.listening.dispose();
    this.panel?.dispose();
  }

  /** Draws all of the current build. */
  private draw(): void {
    this.send(this.builds.get(this.current)?.lines ?? [], true);
  }

  private send(lines: string[], anew: boolean): void {
    const shown = this.builds.get(this.current);
    if (!this.panel || !shown) {
      return;
    }
    this.panel.title = `Build ${shown.view.name}`;
    const message: Message = { view: shown.view, problems: shown.view.ended ? this.problems() : [], lines, anew };
    void this.panel.webview.postMessage(message);
  }

  private key(): string {
    return this.current === '' ? '' : vscode.Uri.parse(this.current).toString();
  }

  private problems(): Problem[] {
    const severities = ['error', 'warning', 'info', 'info'] as const;
    return vscode.languages
      .getDiagnostics(vscode.Uri.parse(this.current))
      .filter((d) => d.source === SOURCE)
      .map((d) => ({ line: d.range.start.line, message: d.message, severity: severities[d.severity] }));
  }

  private create(): vscode.WebviewPanel {
    const media = vscode.Uri.joinPath(this.extension, 'media');
    const panel = vscode.window.createWebviewPanel('dhi.build', 'Build', { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, {
      enableScripts: true,
      enableFindWidget: true,
      retainContextWhenHidden: true,
      localResourceRoots: [media],
    });
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    panel.onDidDispose(() => (this.panel = undefined));
    panel.webview.onDidReceiveMessage((request: Request) => this.answer(request));
    panel.webview.html = pageOf(panel.webview, media);
    return panel;
  }

  private answer({ ask, text, command, line }: Request): void {
    if (ask === 'ready') {
      this.draw();
    } else if (ask === 'copy' && text !== undefined) {
      void vscode.env.clipboard.writeText(text);
    } else if (ask === 'command' && command !== undefined && BUTTONS.includes(command)) {
      void vscode.commands.executeCommand(`dhi.${command}`, { uri: this.current });
    } else if (ask === 'go') {
      void this.go(line ?? 0);
    } else if (ask === 'log') {
      void this.openLog();
    }
  }

  /** Shows a line of the definition. */
  private async go(line: number): Promise<void> {
    const uri = vscode.Uri.parse(this.current);
    const open = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === uri.toString());
    const at = new vscode.Range(line, 0, line, 0);
    await vscode.window.showTextDocument(uri, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.One, selection: at });
  }

  /** Shows the log as a document of its own, to be searched and saved. */
  private async openLog(): Promise<void> {
    const content = (this.builds.get(this.current)?.lines ?? []).join('\n');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'log', content }));
  }
}
