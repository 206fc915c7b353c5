import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { api, BROKEN, broken, children, codeOf, codes, eventually, ID, open, place } from './helpers';

suite('extension', () => {
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('plain YAML starts no server', async () => {
    const plain = await open('plain.yaml');
    const { session } = await api();
    assert.strictEqual(plain.languageId, 'yaml');
    await new Promise((r) => setTimeout(r, 500));
    assert.ok(session() === undefined, 'a server was started');
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

  test('a file without a known extension is a definition by its first line', async () => {
    const document = await open('definition');
    assert.strictEqual(document.languageId, 'dhi');
    await broken(document);
  });

  test('info.yaml in a catalog, and .dhi-ls.yaml, are looked at', async () => {
    const info = await open('image/harbor/info.yaml');
    assert.strictEqual(info.languageId, 'yaml');
    await eventually('findings in info.yaml', () => vscode.languages.getDiagnostics(info.uri).some((d) => d.source === 'dhi-ls'));
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'dhi-ls-')), '.dhi-ls.yaml');
    fs.writeFileSync(file, 'profil: auto\n');
    const config = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(config);
    await eventually('findings in .dhi-ls.yaml', () => vscode.languages.getDiagnostics(config.uri).length > 0);
    fs.rmSync(path.dirname(file), { recursive: true });
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
