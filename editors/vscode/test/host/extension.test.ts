import * as assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';

const ID = 'dhi-ls.dhi-ls';
const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const BROKEN = 'image/harbor/broken.yaml';

async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), name));
  await vscode.window.showTextDocument(document);
  return document;
}

async function eventually<T>(what: string, get: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + 20_000;
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

const codeOf = (d: vscode.Diagnostic) => String(typeof d.code === 'object' ? d.code.value : d.code);
const codes = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).map(codeOf);

const broken = (document: vscode.TextDocument) => eventually('the finding', () => codes(document.uri).includes('unknown-field'));

function place(document: vscode.TextDocument, text: string, offset = 0): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, text);
  return document.positionAt(at + offset);
}

async function api(): Promise<Api> {
  return vscode.extensions.getExtension<Api>(ID)!.activate();
}

suite('extension', () => {
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('plain YAML starts no server', async () => {
    const plain = await open('plain.yaml');
    const { session } = await api();
    assert.strictEqual(plain.languageId, 'yaml');
    await new Promise((r) => setTimeout(r, 500));
    assert.strictEqual(session(), undefined);
    assert.deepStrictEqual(vscode.languages.getDiagnostics(plain.uri), []);
  });

  test('a definition has its findings, on their spans', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const found = vscode.languages.getDiagnostics(document.uri).find((d) => codeOf(d) === 'unknown-field')!;
    assert.strictEqual(found.severity, vscode.DiagnosticSeverity.Error);
    assert.strictEqual(document.getText(found.range), 'entrypiont');
    assert.strictEqual(found.source, 'dhi-ls');
    assert.match((found.code as { target: vscode.Uri }).target.toString(), /unknown-field/);
  });

  test('typing the directive makes a definition of an untitled document', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: 'nmae: x\n' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((e) => e.insert(new vscode.Position(0, 0), '# syntax=dhi.io/build:2-alpine3.23\n'));
    await eventually('findings', () => codes(document.uri).includes('unknown-field'));
    await editor.edit((e) => e.delete(new vscode.Range(0, 0, 1, 0)));
    await eventually('silence', () => codes(document.uri).length === 0);
  });

  test('hover', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, place(document, 'run-as', 2));
    const text = hovers.flatMap((h) => h.contents.map((c) => (typeof c === 'string' ? c : c.value))).join('\n');
    assert.match(text, /user/i);
  });

  test('completion of a key and of a value', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const labels = async (at: vscode.Position) => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
      return list.items.map((i) => (typeof i.label === 'string' ? i.label : i.label.label));
    };
    assert.ok((await labels(place(document, 'variant: runtime', 'variant: r'.length))).includes('runtime'));
    const keys = await labels(new vscode.Position(document.lineCount - 1, 0));
    assert.ok(keys.includes('entrypoint') && !keys.includes('accounts'), keys.join());
  });

  test('a quick fix', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const at = place(document, 'entrypiont', 3);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, new vscode.Range(at, at), 'quickfix', 5);
    const fix = actions.find((a) => a.edit && a.title.includes('entrypoint'));
    assert.ok(fix, actions.map((a) => a.title).join());
    await vscode.workspace.applyEdit(fix.edit!);
    assert.match(document.getText(), /^entrypoint:$/m);
    await eventually('the finding is gone', () => !codes(document.uri).includes('unknown-field'));
  });

  test('rename', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, place(document, 'run-as: keeper', 10), 'warden');
    assert.strictEqual(edit.get(document.uri).length, 3);
  });

  test('inlay hints and lenses', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, whole);
    const labels = hints.map((h) => (typeof h.label === 'string' ? h.label : h.label.map((p) => p.value).join('')));
    assert.ok(labels.some((l) => l.includes('1.4.0')) && labels.some((l) => l.includes('rwxr-x---')), labels.join());
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    assert.ok(lenses.some((l) => l.command?.command === 'dhi-ls.check'), lenses.map((l) => l.command?.command).join());
  });

  test('tasks are offered and find what check finds', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const task = (await vscode.tasks.fetchTasks({ type: 'dhi-ls' })).find((t) => t.name.startsWith('check'))!;
    assert.deepStrictEqual(task.problemMatchers, ['$dhi-ls']);
    const ended = new Promise<number | undefined>((resolve) => {
      const listening = vscode.tasks.onDidEndTaskProcess((e) => {
        if (e.execution.task.name === task.name) {
          listening.dispose();
          resolve(e.exitCode);
        }
      });
    });
    await vscode.tasks.executeTask(task);
    assert.strictEqual(await ended, 1);
  });

  test('check workspace counts', async () => {
    const document = await open(BROKEN);
    await broken(document);
    await vscode.commands.executeCommand('dhi.checkWorkspace');
  });

  test('the server is restarted after it was killed', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const pids = () => children();
    const before = pids();
    assert.strictEqual(before.length, 1, before.join());
    process.kill(before[0]!, 'SIGKILL');
    await eventually('another process', () => pids().length === 1 && pids()[0] !== before[0]);
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((e) => e.insert(new vscode.Position(document.lineCount, 0), '\nnonsense: 1\n'));
    await eventually('findings of the new one', () => codes(document.uri).filter((c) => c === 'unknown-field').length === 2);
  });

  test('restart by command', async () => {
    const document = await open(BROKEN);
    await broken(document);
    const [before] = children();
    await vscode.commands.executeCommand('dhi.restartServer');
    await eventually('another process', () => children().length === 1 && children()[0] !== before);
    await broken(document);
  });

  test('every command of the manifest is there', async () => {
    const there = new Set(await vscode.commands.getCommands(true));
    const manifest = vscode.extensions.getExtension(ID)!.packageJSON as { contributes: { commands: { command: string }[] } };
    assert.deepStrictEqual(manifest.contributes.commands.map((c) => c.command).filter((c) => !there.has(c)), []);
  });
});

/** The servers that this extension host started. */
function children(): number[] {
  const out = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]).toString();
  return out.split('\n').filter((l) => /dhi-ls serve/.test(l)).map((l) => Number.parseInt(l, 10));
}
