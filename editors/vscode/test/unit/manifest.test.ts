// The manifest against what it speaks of: the server's settings, the commands,
// the files.
import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { COMMANDS } from '../../src/commands/ids';
import { SERVER } from '../../src/serverCommandIds';
import { root } from './program';

interface Setting {
  default: unknown;
  scope: string;
  description?: string;
  markdownDescription?: string;
}

const folder = path.join(root, 'editors/vscode');
const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  files: string[];
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] }; virtualWorkspaces: { supported: boolean } };
  contributes: {
    commands: { command: string; title: string; category: string }[];
    configuration: { properties: Record<string, Setting> };
    walkthroughs: { steps: { description: string; media: { image: string; altText: string } }[] }[];
  };
};
const settings = manifest.contributes.configuration.properties;
const protocol = fs.readFileSync(path.join(root, 'docs/protocol.md'), 'utf8');

/** The rows of a table under a heading of docs/protocol.md, as cells. */
function rows(heading: string): string[][] {
  const section = protocol.split(/^## /m).find((s) => s.startsWith(`${heading}\n`)) ?? '';
  return section.split('\n').filter((l) => l.startsWith('| `')).map((l) => l.slice(2, -2).split(' | '));
}

suite('manifest', () => {
  test('every setting of the server is there, with its default', () => {
    const documented = rows('Settings');
    assert.ok(documented.length > 5);
    for (const [name, type, value] of documented) {
      const text = value!.replaceAll('`', '');
      const setting = settings[`dhi-ls.${name!.replaceAll('`', '')}`];
      assert.ok(setting, name);
      assert.strictEqual(String(setting.default), text, name);
      assert.strictEqual(typeof setting.default, type, name);
    }
  });

  test('settings have descriptions, and those of programs belong to the machine', () => {
    for (const [name, setting] of Object.entries(settings)) {
      assert.match(setting.markdownDescription ?? setting.description ?? '', /^[A-Z].*\.$/, name);
      assert.ok(['machine', 'machine-overridable', 'resource', 'window'].includes(setting.scope), name);
    }
    for (const name of ['path', 'args', 'env']) {
      assert.strictEqual(settings[`dhi-ls.server.${name}`]!.scope, 'machine');
    }
  });

  test('what runs or fetches is restricted until the workspace is trusted', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.strictEqual(untrustedWorkspaces.supported, 'limited');
    assert.strictEqual(virtualWorkspaces.supported, false);
    const restricted = Object.keys(settings).filter((n) => /^dhi-ls\.(server\.|index\.|build\.(builder|onSave))/.test(n));
    assert.deepStrictEqual([...untrustedWorkspaces.restrictedConfigurations].sort(), restricted.sort());
  });

  test('commands are those of the code', () => {
    assert.deepStrictEqual(manifest.contributes.commands.map((c) => c.command).sort(), COMMANDS.map((id) => `dhi.${id}`).sort());
    assert.ok(manifest.contributes.commands.every((c) => c.category === 'DHI' && /^[A-Z]/.test(c.title)));
  });

  test("the server's commands are documented ones", () => {
    const documented = rows('Commands').map(([c]) => c!.replaceAll('`', ''));
    assert.deepStrictEqual(Object.values(SERVER).filter((c) => !documented.includes(c)), []);
  });

  test('the walkthrough has three steps, with pictures that are there and commands that exist', () => {
    const [walkthrough] = manifest.contributes.walkthroughs;
    assert.strictEqual(walkthrough!.steps.length, 3);
    for (const { description, media } of walkthrough!.steps) {
      assert.ok(fs.existsSync(path.join(folder, media.image)) && media.altText !== '', media.image);
      for (const [, id] of description.matchAll(/command:dhi\.(\w+)/g)) {
        assert.ok((COMMANDS as readonly string[]).includes(id!), id);
      }
    }
  });

  test('nothing but the language client is needed', () => {
    assert.deepStrictEqual(Object.keys(manifest.dependencies), ['vscode-languageclient']);
  });

  test('the README shows pictures that are packaged', () => {
    const readme = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
    const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file]) => file!);
    assert.ok(pictures.length >= 3, pictures.join());
    for (const file of pictures) {
      assert.match(file, /^media\/[\w-]+\.png$/);
      assert.ok(fs.existsSync(path.join(folder, file)), file);
    }
  });
});
