// In VS Code's workbench: the guided definition with packages searched live,
// how long activation takes, and a workspace that is not trusted.
//   node guided.mjs WORKSPACE SCRATCH VSIX...
import assert from 'node:assert';
import { withWorkbench } from './page.mjs';

const [folder, scratch, ...packages] = process.argv.slice(2);

await withWorkbench({ folder, scratch, packages }, async (w) => {
  const { page } = w;
  const title = (text) => page.locator('.quick-input-title', { hasText: text }).waitFor();

  /** Waits for a question, and answers it. */
  async function answer(step, text) {
    await title(`(${step}/`);
    await w.quickInput().fill(text);
    await page.keyboard.press('Enter');
  }

  await w.test('a guided definition, with packages searched in the index', async () => {
    await w.open('broken.yaml');
    await w.squiggles.first().waitFor();
    await w.command('DHI: New Definition…');
    await answer(1, 'Image');
    await answer(2, 'Alpine 3.23');
    await answer(3, 'Runtime');
    await answer(4, 'Lighthouse');
    await title('(5/');
    assert.strictEqual(await w.quickInput().inputValue(), 'dhi.io/lighthouse');
    await answer(5, 'Not A Reference');
    await page.locator('.quick-input-message', { hasText: 'such as registry.example.com' }).waitFor();
    await answer(5, 'registry.example.com/lighthouse');
    await answer(6, '2.4.0');
    await title('(7/');
    await w.quickInput().fill('harb');
    await w.row('Lights the way into the harbour').waitFor();
    await w.picture('vscode-new');
    await w.row('harbor-light').click();
    await w.row('with harbor-light').waitFor();
    await page.keyboard.press('Enter');
    await title('(8/');
    await page.locator('.quick-input-titlebar .codicon-quick-input-back').click(); // and back
    await title('(7/');
    await w.quickInput().fill('harbor-l');
    await w.row('harbor-light').click();
    await w.row('with harbor-light').waitFor();
    await page.keyboard.press('Enter');
    await answer(8, 'keeper');
    await answer(9, '8080');
    await w.eventually('the definition', async () => /^name: Lighthouse 2\.x$/m.test(await w.shown()));
    await page.setViewportSize({ width: 1000, height: 1300 }); // all of it
    const text = await w.eventually('all of it', async () => {
      const shown = await w.shown();
      return /8080\/tcp/.test(shown) && shown;
    });
    assert.match(text, /^image: registry\.example\.com\/lighthouse$/m);
    assert.match(text, /^ +- harbor-light\b/m);
    assert.match(text, /^ +run-as: keeper$/m);
    assert.strictEqual(await w.squiggles.count(), 0);
    await w.command('File: Revert File'); // closes it
  });

  await w.test('activation', async () => {
    await w.command('Developer: Show Running Extensions');
    const rows = page.locator('.runtime-extensions-editor .monaco-list-row');
    const row = rows.filter({ hasText: 'Docker Hardened Image' }).first();
    await rows.first().hover();
    await w.eventually('a row for this extension', async () => {
      await page.mouse.wheel(0, 300); // the list has only those that are seen
      return row.isVisible();
    });
    const said = /Activation: (\d+)ms/.exec((await row.innerText()).replaceAll('\u00a0', ' '));
    assert.ok(said, await row.innerText());
    console.log(`# the extension host says that activation took ${said[1]} ms; it is meant to stay under 50`);
  });
});
