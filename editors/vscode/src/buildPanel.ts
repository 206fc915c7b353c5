// The panel of a build: its steps with their times, its log, and what came of it.
import * as vscode from 'vscode';
import { extend, type Build, type BuildLog, type View } from './buildLog';

export class BuildPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly views = new Map<string, View>();
  private shown = '';

  constructor(private readonly extension: vscode.Uri) {}

  /** A build that the user asked for has begun. */
  began(build: Build): void {
    this.views.delete(build.uri);
    this.shown = build.uri;
    this.view(build.uri);
    this.reveal();
  }

  /** More of the log of a build. */
  add(log: BuildLog): void {
    this.views.set(log.uri, extend(this.view(log.uri), log, Date.now()));
    this.shown ||= log.uri;
    if (log.uri === this.shown) {
      this.draw();
    }
  }

  /** Brings the panel to the front. */
  reveal(): void {
    if (!this.panel) {
      this.panel = this.create();
    }
    this.panel.reveal(vscode.ViewColumn.Beside, true);
    this.draw();
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private view(uri: string): View {
    let view = this.views.get(uri);
    if (!view) {
      view = { name: uri.split('/').at(-1) ?? uri, percent: 0, steps: [], lines: [] };
      this.views.set(uri, view);
    }
    return view;
  }

  private draw(): void {
    if (this.panel && this.shown !== '') {
      const view = this.view(this.shown);
      this.panel.title = `Build ${view.name}`;
      void this.panel.webview.postMessage(view);
    }
  }

  private create(): vscode.WebviewPanel {
    const media = vscode.Uri.joinPath(this.extension, 'media');
    const panel = vscode.window.createWebviewPanel('dhi.build', 'Build', { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, {
      enableScripts: true,
      retainContextWhenHidden: true,
      localResourceRoots: [media],
    });
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    panel.onDidDispose(() => (this.panel = undefined));
    panel.webview.onDidReceiveMessage((message: { ready?: boolean; copy?: string }) => {
      if (message.copy !== undefined) {
        void vscode.env.clipboard.writeText(message.copy);
      } else if (message.ready) {
        this.draw();
      }
    });
    const resource = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
    const source = panel.webview.cspSource;
    panel.webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}; script-src ${source}">
<link rel="stylesheet" href="${resource('build.css')}">
</head>
<body>
<progress id="progress" max="100"></progress>
<section id="result"></section>
<h2>Steps</h2><table id="steps"></table>
<h2>Log</h2><pre id="log"></pre>
<script src="${resource('build.js')}"></script>
</body>
</html>`;
    return panel;
  }
}
