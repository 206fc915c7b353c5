// Builds in VS Code against a real BuildKit: progress, the panel, a failure on
// its line, cancel.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './page.mjs';

const [folder, scratch, ...packages] = process.argv.slice(2);
const FILE = 'image/lighthouse/2.yaml';
const text = fs.readFileSync(path.join(folder, FILE), 'utf8').split('\n');
const lineOf = (part) => text.findIndex((l) => l.includes(part)) + 1;

const settings = {
  'workbench.colorTheme': process.env.DHI_TEST_THEME ?? 'Default Light Modern',
  'editor.inlayHints.enabled': 'off',
  'workbench.sideBar.location': 'left',
};

/** Says whether a step's process runs: steps are seen from the namespaces that the tests run in. */
function runs(marker) {
  return fs.readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false; // it ended
    }
  });
}

await withWorkbench({ folder, scratch, packages, settings, viewport: { width: 1280, height: 760 } }, async (w) => {
  const { page } = w;
  const panel = w.panel();
  const headline = panel.locator('#headline');

  /** Waits for the panel to say how the build ended, and with what. */
  const says = (words) => headline.filter({ hasText: words }).waitFor({ timeout: 60_000 });

  /** Puts a line of its own behind one of the definition. */
  async function insertBehind(part, line) {
    await w.goTo(lineOf(part), 200);
    await page.keyboard.press('Enter');
    await page.keyboard.type(line);
    await page.keyboard.press('Escape');
  }

  await w.test('build from the lens: progress, then the result', async () => {
    await w.open('2.yaml');
    await page.keyboard.press('Control+B'); // the side bar goes
    await page.locator('.codelens-decoration a', { hasText: /^Build$/ }).first().click();
    await says('Building 2.yaml');
    await panel.locator('#steps li.running').first().waitFor();
    await w.status.filter({ hasText: 'building' }).waitFor();
    await panel.locator('#log', { hasText: 'CC mirror.c' }).waitFor();
    await w.picture('vscode-build-running');
    await says('Built 2.yaml');
    await w.status.filter({ hasNotText: 'building' }).waitFor();
    const result = await panel.locator('#result').innerText();
    assert.match(result, /Size\s+\d+\.\d MB compressed, linux\/amd64/);
    assert.match(result, /Digest\s+sha256:[0-9a-f]{64}/);
    assert.match((await panel.locator('#result details').textContent()) ?? '', /docker buildx build/); // the same by hand
    const steps = await panel.locator('#steps li').allInnerTexts();
    const compile = steps.find((s) => s.includes('lamp: compile'));
    assert.match(compile ?? steps.join('\n'), /\d+(\.\d)? m?s/);
    assert.match(await panel.locator('#log').innerText(), /CC lens\.c[^]*3 tests passed/);
    assert.strictEqual(await panel.locator('#problems > *').count(), 0);
  });

  await w.test('the second build comes out of the cache', async () => {
    await panel.locator('#actions button', { hasText: 'Build again' }).click();
    await says('Built 2.yaml');
    await panel.locator('#steps li.cached', { hasText: 'lamp: compile' }).waitFor();
  });

  await w.test('build with options: pushed to a registry, and how to run it', async () => {
    await w.command('DHI: Build with Options…');
    await w.row('to the registry').click();
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    const input = w.quickInput();
    await page.locator('.quick-input-title', { hasText: 'Name of the image' }).waitFor();
    await input.fill(`${process.env.DHI_TEST_REGISTRY}/lighthouse:2`);
    await page.keyboard.press('Enter');
    await panel.locator('#result code', { hasText: /docker run .*\/lighthouse:2/ }).waitFor();
    await w.picture('vscode-build');
    const answer = await fetch(`http://${process.env.DHI_TEST_REGISTRY}/v2/lighthouse/manifests/2`, {
      headers: { Accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' },
    });
    assert.strictEqual(answer.status, 200);
  });

  await w.test('a failure is shown on its line, of the text as it stands in the editor', async () => {
    await insertBehind('done', 'no-such-command --now');
    await page.locator('.tab.active.dirty').waitFor();
    await w.command('DHI: Build');
    await says('Not built: 2.yaml');
    const problem = panel.locator('.problem.error');
    await problem.filter({ hasText: 'no-such-command' }).waitFor();
    const line = lineOf('done') + 1;
    assert.match(await problem.innerText(), new RegExp(`Line ${line}\\b`));
    await w.squiggles.first().waitFor();
    await w.picture('vscode-build-failure');
    await w.goTo(1, 1);
    await problem.locator('button', { hasText: `Line ${line}` }).click();
    await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor();
    await page.keyboard.press('Control+Shift+M');
    const row = page.locator('.markers-panel .monaco-list-row', { hasText: 'no-such-command' }).first();
    await row.waitFor();
    assert.match(await row.innerText(), /dhi-ls build/);
    await page.keyboard.press('Control+Shift+M');
    assert.strictEqual(fs.readFileSync(path.join(folder, FILE), 'utf8'), text.join('\n'), 'the file is as it was');
  });

  await w.test('the failure goes when its line is mended', async () => {
    await w.goTo(1, 1); // into the editor
    await w.command('File: Revert File');
    await w.eventually('no squiggle', async () => (await w.squiggles.count()) === 0);
  });

  await w.test('cancel: the step is gone', async () => {
    const marker = 'sleep 601';
    await insertBehind('done', marker);
    await w.command('DHI: Build');
    await says('Building 2.yaml');
    await w.eventually('the step runs', () => runs(marker));
    await w.command('DHI: Cancel Build');
    await says('Canceled: 2.yaml');
    await w.eventually('the step is gone', () => !runs(marker));
    await w.status.filter({ hasNotText: 'building' }).waitFor();
    await w.command('File: Revert File');
  });

  await w.test('cancel in the panel', async () => {
    const marker = 'sleep 602';
    await insertBehind('done', marker);
    await w.command('DHI: Build');
    await w.eventually('the step runs', () => runs(marker));
    await panel.locator('#actions button', { hasText: 'Cancel' }).click();
    await says('Canceled: 2.yaml');
    await w.eventually('the step is gone', () => !runs(marker));
    await w.goTo(1, 1);
    await w.command('File: Revert File');
  });
});
