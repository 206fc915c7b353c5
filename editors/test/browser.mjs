// The extension as its users see it: VS Code's workbench in a browser, the
// packaged vsix in it, a real server behind.
//   node browser.mjs WORKSPACE SCRATCH VSIX [YAML-VSIX]
// With PICTURES=DIR, pictures for the docs are taken on the way.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cli, openFolder, startServer } from './workbench.mjs';

const [workspace, scratch, ...packages] = process.argv.slice(2);
const pictures = process.env.PICTURES;
let failed = 0;

fs.mkdirSync(scratch, { recursive: true });
for (const vsix of packages) {
  await cli(scratch, '--install-extension', vsix);
}
const server = await startServer(scratch, { 'editor.inlayHints.enabled': 'on' }, process.env.DHI_LS ? { 'dhi-ls.server.path': process.env.DHI_LS } : {});
const { browser, page } = await openFolder(server.port, workspace);

const lines = page.locator('.monaco-editor .view-lines').first();
const suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
const squiggles = page.locator('.monaco-editor .squiggly-error');

async function test(name, run) {
  const started = Date.now();
  try {
    await run();
    console.log(`ok browser: ${name} (${Date.now() - started} ms)`);
  } catch (err) {
    failed++;
    console.log(`not ok browser: ${name}\n  ${String(err.stack ?? err).replaceAll('\n', '\n  ')}`);
    await page.screenshot({ path: path.join(scratch, `failed-${failed}.png`) });
    await page.keyboard.press('Escape');
  }
}

async function picture(name, clip) {
  if (pictures) {
    await page.waitForTimeout(500); // widgets fade in
    await page.screenshot({ path: path.join(pictures, `${name}.png`), ...(clip ? { clip } : {}) });
  }
}

/** Opens a file by its name. */
async function open(name) {
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget .quick-input-box input');
  await input.fill(name);
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: path.basename(name) }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: path.basename(name) }).waitFor();
}

async function command(title) {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget .quick-input-box input').fill(`>${title}`);
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** Puts the cursor behind a column of a line, both from 1. */
async function goTo(line, column) {
  await page.keyboard.press('Control+G');
  await page.locator('.quick-input-widget .quick-input-box input').fill(`:${line}:${column}`);
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: `line ${line}` }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor();
}

const text = fs.readFileSync(path.join(workspace, 'image/harbor/broken.yaml'), 'utf8').split('\n');
const lineOf = (part) => text.findIndex((l) => l.includes(part)) + 1;

/** What the editor shows of a document, with plain blanks. */
const shown = async () => (await lines.innerText()).replaceAll('\u00a0', ' ');

/** The servers that VS Code runs. */
function servers() {
  const out = execFileSync('ps', ['-eo', 'pid=,ppid=,args=']).toString().split('\n').map((l) => l.trim().split(/\s+/));
  const family = new Set([String(server.child.pid)]);
  for (let grown = true; grown; ) {
    const before = family.size;
    out.filter(([, parent]) => family.has(parent)).forEach(([pid]) => family.add(pid));
    grown = family.size > before;
  }
  return out.filter(([pid, , program, verb]) => family.has(pid) && /dhi-ls$/.test(program ?? '') && verb === 'serve').map(([pid]) => Number(pid));
}

async function eventually(what, get) {
  for (const end = Date.now() + 20_000; ; ) {
    const got = await get();
    if (got) {
      return got;
    }
    assert.ok(Date.now() < end, `never: ${what}`);
    await page.waitForTimeout(50);
  }
}

try {
  await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 60_000 });

  await test('plain YAML has neither squiggles nor a server', async () => {
    await open('plain.yaml');
    await page.waitForTimeout(1500);
    assert.strictEqual(await squiggles.count(), 0);
    assert.deepStrictEqual(servers(), []);
  });

  await test('squiggle and status item', async () => {
    await open('broken.yaml');
    await goTo(lineOf('entrypiont'), 1);
    await squiggles.first().waitFor();
    await page.locator('[id="dhi-ls.dhi-ls.status"]').waitFor();
    assert.strictEqual(servers().length, 1);
    await picture('vscode-diagnostic');
  });

  await test('problems', async () => {
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'entrypiont' }).waitFor();
    await picture('vscode-problems');
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel').waitFor({ state: 'hidden' });
  });

  await test('hover', async () => {
    await goTo(lineOf('run-as'), 5);
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+I');
    const hover = page.locator('.monaco-hover:not(.hidden) .hover-contents').first();
    await hover.waitFor();
    assert.match(await page.locator('.monaco-hover:not(.hidden)').innerText(), /user/i);
    await picture('vscode-hover');
    await page.keyboard.press('Escape');
  });

  await test('completion of a package name, accepted into the text', async () => {
    await goTo(lineOf('- tzdata'), 100);
    await page.keyboard.press('Enter');
    await page.keyboard.type('harb');
    await page.keyboard.press('Control+Space');
    await suggestions.filter({ hasText: 'harbor-light' }).first().waitFor();
    await picture('vscode-completion');
    await page.keyboard.press('Enter');
    await eventually('the name', async () => /- harbor-light$/m.test(await shown()));
  });

  await test('completion of a version, accepted into the text', async () => {
    await page.keyboard.type('=');
    await page.keyboard.press('Control+Space');
    await suggestions.filter({ hasText: '2.1.0-r3' }).first().waitFor();
    await page.keyboard.press('Enter');
    await eventually('the version', async () => /- harbor-light=2\.1\.0-r3/.test(await shown()));
    await command('File: Revert File');
  });

  /** Chooses a quick fix of the line that the cursor is on. */
  async function fix(title) {
    await page.waitForTimeout(300); // the light bulb asks for actions, too
    await page.keyboard.press('Control+.');
    const action = page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
    await action.waitFor();
    await picture('vscode-quickfix');
    await action.click();
  }

  await test('a safe quick fix is applied at once', async () => {
    await goTo(lineOf('- 1.40'), 6);
    await squiggles.first().waitFor();
    await fix('Quote the value');
    await eventually('the quotes', async () => /- "1\.40"/.test(await shown()));
    await command('File: Revert File');
  });

  await test('an unsafe quick fix is applied when it is confirmed', async () => {
    await goTo(lineOf('entrypiont'), 3);
    await squiggles.first().waitFor();
    await fix('Change to');
    const preview = page.locator('.refactor-preview, .bulk-edit-panel').first();
    await preview.locator('.monaco-list-row').last().waitFor();
    await preview.locator('.monaco-list-row input, .monaco-list-row .monaco-checkbox').first().click();
    await page.locator('.monaco-button', { hasText: 'Apply' }).click();
    await eventually('the field', async () => /^entrypoint:/m.test(await shown()));
    await command('File: Revert File');
  });

  await test('rename', async () => {
    await goTo(lineOf('run-as'), 13);
    await page.keyboard.press('F2');
    await page.locator('.rename-box input').fill('warden');
    await page.keyboard.press('Enter');
    await eventually('the new name', async () => ((await shown()).match(/warden/g) ?? []).length >= 3);
    await command('File: Revert File');
  });

  await test('inlay hints and lenses', async () => {
    await goTo(lineOf('mode:'), 1);
    await eventually('the hint', async () => /rwxr-x---/.test(await shown()));
    await goTo(1, 1);
    await page.locator('.codelens-decoration', { hasText: 'Build' }).first().waitFor();
    await page.locator('.codelens-decoration', { hasText: '2 packages' }).first().waitFor();
    await picture('vscode-lens');
  });

  await test('restart after the server was killed', async () => {
    const [before] = await eventually('a server', () => servers().length === 1 && servers());
    process.kill(before, 'SIGKILL');
    await eventually('another server', () => servers().length === 1 && servers()[0] !== before);
    await goTo(lineOf('entrypiont'), 1);
    await squiggles.first().waitFor();
  });

  await test('restart by command', async () => {
    const [before] = servers();
    await command('DHI: Restart Language Server');
    await eventually('another server', () => servers().length === 1 && servers()[0] !== before);
    await squiggles.first().waitFor();
  });
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = failed > 0 ? 1 : 0;
