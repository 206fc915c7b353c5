// The extension as its users see it: VS Code's workbench in a browser, the
// packaged vsix in it, a real server behind.
//   node browser.mjs WORKSPACE SCRATCH VSIX...
// With PICTURES=DIR, pictures for the docs are taken on the way.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './page.mjs';

const [folder, scratch, ...packages] = process.argv.slice(2);
const text = fs.readFileSync(path.join(folder, 'image/harbor/broken.yaml'), 'utf8').split('\n');
const lineOf = (part) => text.findIndex((l) => l.includes(part)) + 1;

await withWorkbench({ folder, scratch, packages, settings: { 'editor.inlayHints.enabled': 'on' } }, async (w) => {
  const { page } = w;

  await w.test('plain YAML has neither squiggles nor a server', async () => {
    await w.open('plain.yaml');
    await page.waitForTimeout(1500);
    assert.strictEqual(await w.squiggles.count(), 0);
    assert.deepStrictEqual(w.servers(), []);
  });

  await w.test('squiggle and status item', async () => {
    await w.open('broken.yaml');
    await w.goTo(lineOf('entrypiont'), 1);
    await w.squiggles.first().waitFor();
    await w.status.waitFor();
    assert.strictEqual(w.servers().length, 1);
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+I');
    await page.locator('.monaco-hover:not(.hidden)', { hasText: 'entrypiont' }).waitFor();
    await w.picture('vscode-diagnostic');
    await page.keyboard.press('Escape');
  });

  await w.test('problems', async () => {
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'entrypiont' }).waitFor();
    await w.picture('vscode-problems');
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel').waitFor({ state: 'hidden' });
  });

  await w.test('hover', async () => {
    await w.goTo(lineOf('run-as'), 5);
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+I');
    const hover = page.locator('.monaco-hover:not(.hidden) .hover-contents').first();
    await hover.waitFor();
    assert.match(await page.locator('.monaco-hover:not(.hidden)').innerText(), /user/i);
    await w.picture('vscode-hover');
    await page.keyboard.press('Escape');
  });

  await w.test('completion of a package name, accepted into the text', async () => {
    await w.goTo(lineOf('- tzdata'), 100);
    await page.keyboard.press('Enter');
    await page.keyboard.type('harb');
    await page.keyboard.press('Control+Space');
    await w.suggestions.filter({ hasText: 'harbor-light' }).first().waitFor();
    await w.picture('vscode-completion');
    await page.keyboard.press('Enter');
    await w.eventually('the name', async () => /- harbor-light$/m.test(await w.shown()));
  });

  await w.test('completion of a version, accepted into the text', async () => {
    await page.keyboard.type('=');
    await page.keyboard.press('Control+Space');
    await w.suggestions.filter({ hasText: '2.1.0-r3' }).first().waitFor();
    await page.keyboard.press('Enter');
    await w.eventually('the version', async () => /- harbor-light=2\.1\.0-r3/.test(await w.shown()));
    await w.command('File: Revert File');
  });

  /** Chooses a quick fix of the line that the cursor is on. */
  async function fix(title) {
    await page.waitForTimeout(300); // the light bulb asks for actions, too
    await page.keyboard.press('Control+.');
    const action = page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
    await action.waitFor();
    await w.picture('vscode-quickfix');
    await action.click();
  }

  await w.test('a safe quick fix is applied at once', async () => {
    await w.goTo(lineOf('- 1.40'), 6);
    await w.squiggles.first().waitFor();
    await fix('Quote the value');
    await w.eventually('the quotes', async () => /- "1\.40"/.test(await w.shown()));
    await w.command('File: Revert File');
  });

  await w.test('an unsafe quick fix says so, and is applied', async () => {
    await w.goTo(lineOf('entrypiont'), 3);
    await w.squiggles.first().waitFor();
    await fix('Change to `entrypoint` (unsafe)');
    await w.eventually('the field', async () => /^entrypoint:/m.test(await w.shown()));
    await w.command('File: Revert File');
  });

  await w.test('rename', async () => {
    await w.goTo(lineOf('run-as'), 13);
    await page.keyboard.press('F2');
    await page.locator('.rename-box input').fill('warden');
    await page.keyboard.press('Enter');
    await w.eventually('the new name', async () => ((await w.shown()).match(/warden/g) ?? []).length >= 3);
    await w.command('File: Revert File');
  });

  await w.test('inlay hints and lenses', async () => {
    await w.goTo(lineOf('mode:'), 1);
    await w.eventually('the hint', async () => /rwxr-x---/.test(await w.shown()));
    await w.goTo(1, 1);
    await page.locator('.codelens-decoration', { hasText: 'Build' }).first().waitFor();
    await page.locator('.codelens-decoration', { hasText: '2 packages' }).first().waitFor();
    await w.picture('vscode-lens');
  });

  await w.test('restart after the server was killed', async () => {
    const [before] = await w.eventually('a server', () => w.servers().length === 1 && w.servers());
    process.kill(before, 'SIGKILL');
    await w.eventually('another server', () => w.servers().length === 1 && w.servers()[0] !== before);
    await w.goTo(lineOf('entrypiont'), 1);
    await w.squiggles.first().waitFor();
  });

  await w.test('restart by command', async () => {
    const [before] = w.servers();
    await w.command('DHI: Restart Language Server');
    await w.eventually('another server', () => w.servers().length === 1 && w.servers()[0] !== before);
    await w.squiggles.first().waitFor();
  });
});
