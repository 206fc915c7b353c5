// Documents that are shown and not kept: pages of rules, lists of packages.
import * as vscode from 'vscode';

const SCHEME = 'dhi-ls-page';

export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly pages = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registrations = [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument((document) => this.pages.delete(document.uri.path)),
    this.changed,
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.path) ?? '';
  }

  /** Shows text under a file name whose extension gives its language. Markdown is shown as it reads. */
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.pages.set(uri.path, text);
    this.changed.fire(uri);
    if (name.endsWith('.md')) {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
      return;
    }
    await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  dispose(): void {
    this.registrations.forEach((r) => r.dispose());
  }
}
