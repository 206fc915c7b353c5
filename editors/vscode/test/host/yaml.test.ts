// Beside the YAML extension of Red Hat, where one is installed.
import * as assert from 'node:assert';
import * as vscode from 'vscode';

const folder = () => vscode.workspace.workspaceFolders![0]!.uri;

suite('beside redhat.vscode-yaml', function () {
  suiteSetup(async function () {
    if (!vscode.extensions.getExtension('redhat.vscode-yaml')) {
      this.skip();
    }
    // A schema by file name, as a catalog of schemas brings them: it allows one key.
    const schema = vscode.Uri.joinPath(folder(), 'schema.json');
    await vscode.workspace.fs.writeFile(
      schema,
      Buffer.from(JSON.stringify({ type: 'object', properties: { only: { type: 'string' } }, additionalProperties: false })),
    );
    await vscode.workspace.getConfiguration('yaml').update('schemas', { [schema.toString()]: ['*.yaml'] }, vscode.ConfigurationTarget.Workspace);
  });

  async function sources(name: string): Promise<string[]> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), name));
    await vscode.window.showTextDocument(document);
    await new Promise((r) => setTimeout(r, 3000));
    return vscode.languages.getDiagnostics(document.uri).map((d) => `${d.source}: ${d.message}`);
  }

  test('other YAML keeps its schema', async () => {
    const found = await sources('plain.yaml');
    assert.ok(found.some((f) => /entrypiont is not allowed/.test(f)), found.join('\n'));
    assert.ok(!found.some((f) => f.startsWith('dhi-ls')), found.join('\n'));
  });

  test('definitions have our findings alone', async () => {
    const found = await sources('image/harbor/broken.yaml');
    assert.ok(found.length > 0);
    assert.deepStrictEqual(found.filter((f) => !f.startsWith('dhi-ls')), []);
  });

  test('one hover', async () => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'image/harbor/broken.yaml'));
    const at = document.positionAt(document.getText().indexOf('run-as') + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
    const texts = hovers.map((h) => h.contents.map((c) => (typeof c === 'string' ? c : c.value)).join('').trim()).filter((t) => t !== '');
    assert.strictEqual(texts.length, 1, texts.join('\n---\n'));
  });
});
