// Colours before the server is up, with VS Code's own YAML and shell grammars
// where the editors are installed.
import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';
import { root } from './program';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';

const folder = path.join(root, 'editors/vscode');
const builtin = path.join(process.env['EDITORS'] ?? '/var/cache/dhi-ls-editors', 'vscode/extensions');

const DEFINITION = `# syntax=dhi.io/build:2-alpine3.23
vars:
  VERSION: "1.\${MAJOR:[0-9]+}"
  ARCH: '#{ target.arch == "arm64" ? "a" : "b" }'
contents:
  builds:
    - name: app
      pipeline:
        - name: compile
          runs: |
            # a comment
            if [ -n "$HOME" ]; then
              install "\${target.dir}/x"
            fi
          work-dir: /src
        - runs: |
            echo done
          name: second
paths: []
`;

suite('grammar', function () {
  let grammar: IGrammar;
  let ownLanguage: IGrammar;

  suiteSetup(async function () {
    if (!fs.existsSync(builtin)) {
      this.skip();
    }
    const registry = await load();
    grammar = (await registry.loadGrammar('source.yaml'))!;
    ownLanguage = (await registry.loadGrammar('source.yaml.dhi'))!;
  });

  test('the directive', () => {
    const scopes = tokenize(grammar, DEFINITION);
    assert.match(at(scopes, '# syntax', 'syntax'), /comment\.line.*keyword\.other\.directive\.dhi/);
    assert.match(at(scopes, '# syntax', 'dhi.io'), /string\.unquoted\.image\.dhi/);
  });

  test('shell in runs, in YAML and in the own language', () => {
    for (const g of [grammar, ownLanguage]) {
      const scopes = tokenize(g, DEFINITION);
      assert.match(at(scopes, 'if [', 'if'), /meta\.embedded\.block\.shell\.dhi.*keyword\.control/);
      assert.match(at(scopes, '# a comment', 'a comment'), /embedded.*comment\.line/);
      assert.match(at(scopes, 'echo done', 'echo'), /embedded.*(support|entity)/);
    }
  });

  test('a script ends with its block', () => {
    const scopes = tokenize(grammar, DEFINITION);
    for (const [line, word] of [['work-dir:', 'work-dir'], ['name: second', 'name'], ['paths: []', 'paths']] as const) {
      assert.doesNotMatch(at(scopes, line, word), /embedded/);
      assert.match(at(scopes, line, word), /entity\.name\.tag/);
    }
  });

  test('substitutions and expressions', () => {
    const scopes = tokenize(grammar, DEFINITION);
    assert.match(at(scopes, 'VERSION:', 'MAJOR'), /variable\.other\.readwrite\.dhi/);
    assert.match(at(scopes, 'VERSION:', '[0-9]+'), /string\.regexp\.dhi/);
    assert.match(at(scopes, 'install', 'target.dir'), /embedded.*variable\.other\.readwrite\.dhi/);
    assert.match(at(scopes, 'ARCH:', '=='), /keyword\.operator\.dhi/);
  });

  test('other YAML keeps its colours', () => {
    const plain = tokenize(grammar, DEFINITION.replace(/^.*\n/, '# some settings\n'));
    for (const line of plain) {
      assert.doesNotMatch(line.tokens.map((t) => t.scopes).join(' '), /dhi|embedded/, line.text);
    }
  });
});

interface Line {
  text: string;
  tokens: { text: string; start: number; end: number; scopes: string }[];
}

function tokenize(grammar: IGrammar, text: string): Line[] {
  let state = INITIAL;
  return text.split('\n').map((line) => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    const tokens = result.tokens.map((t) => ({
      text: line.slice(t.startIndex, t.endIndex),
      start: t.startIndex,
      end: t.endIndex,
      scopes: t.scopes.join(' '),
    }));
    return { text: line, tokens };
  });
}

/** The scopes of a word on the first line that holds a text. */
function at(lines: Line[], inLine: string, word: string): string {
  const line = lines.find((l) => l.text.includes(inLine));
  assert.ok(line, inLine);
  const column = line.text.indexOf(word);
  const token = line.tokens.find((t) => t.start <= column && column < t.end);
  return token?.scopes ?? '';
}

interface Grammars {
  contributes: { grammars: { scopeName: string; path: string; injectTo?: string[] }[] };
}

/** The grammars of the extension and of VS Code, injected as the manifest says. */
async function load(): Promise<Registry> {
  await loadWASM(fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer as ArrayBuffer);
  const files = new Map<string, string>();
  const injections: { into: string[]; scope: string }[] = [];
  for (const extension of [folder, path.join(builtin, 'yaml'), path.join(builtin, 'shellscript')]) {
    const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8')) as Grammars;
    for (const g of manifest.contributes.grammars) {
      files.set(g.scopeName, path.join(extension, g.path));
      injections.push({ into: g.injectTo ?? [], scope: g.scopeName });
    }
  }
  return new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: async (scope) => {
      const file = files.get(scope);
      return file === undefined ? null : parseRawGrammar(fs.readFileSync(file, 'utf8'), file);
    },
    getInjections: (scope) => injections.filter((i) => i.into.includes(scope)).map((i) => i.scope),
  });
}
