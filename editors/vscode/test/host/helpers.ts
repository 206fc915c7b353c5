// What the tests in the extension host share.
import * as assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';

export const ID = 'dhi-ls.dhi-ls';
export const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
export const BROKEN = 'image/harbor/broken.yaml';

export async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), name));
  await vscode.window.showTextDocument(document);
  return document;
}

export async function eventually<T>(what: string, get: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const got = await get();
    if (got) {
      return got;
    }
    if (Date.now() > end) {
      throw new Error(`never: ${what}`);
    }
    await new Promise((r) => setTimeout(r, 25));
  }
}

export const codeOf = (d: vscode.Diagnostic) => String(typeof d.code === 'object' ? d.code.value : d.code);
export const codes = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).map(codeOf);

export const broken = (document: vscode.TextDocument) => eventually('the finding', () => codes(document.uri).includes('unknown-field'));

export function place(document: vscode.TextDocument, text: string, offset = 0): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, text);
  return document.positionAt(at + offset);
}

export async function api(): Promise<Api> {
  return vscode.extensions.getExtension<Api>(ID)!.activate();
}

/** The servers that this extension host started. */
export function children(): number[] {
  const out = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]).toString();
  return out.split('\n').filter((l) => /dhi-ls serve/.test(l)).map((l) => Number.parseInt(l, 10));
}
