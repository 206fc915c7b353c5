// A workspace that nobody has trusted: definitions are checked, and nothing is
// built.
//   node untrusted.mjs WORKSPACE SCRATCH VSIX...
import assert from 'node:assert';
import { withWorkbench } from './page.mjs';

const [folder, scratch, ...packages] = process.argv.slice(2);
const settings = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };

await withWorkbench({ folder, scratch, packages, settings }, async (w) => {
  const { page } = w;

  await w.test('a workspace that is not trusted is checked', async () => {
    await w.open('broken.yaml');
    await w.squiggles.first().waitFor();
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await w.status.hover();
    await page.locator('.monaco-hover', { hasText: 'nothing is fetched or built' }).waitFor();
    await page.keyboard.press('Escape');
  });

  await w.test('and nothing can be built in it', async () => {
    await page.keyboard.press('F1');
    await w.quickInput().fill('>DHI: ');
    await w.row('DHI: Check Workspace').waitFor();
    const commands = await page.locator('.quick-input-widget .monaco-list-row').allInnerTexts();
    assert.deepStrictEqual(commands.filter((c) => /Build and Load|Build with Options|Update Package/.test(c)), []);
    await page.keyboard.press('Escape');
    await page.locator('.codelens-decoration a', { hasText: /^Build$/ }).first().click();
    await page.waitForTimeout(1000);
    assert.strictEqual(await page.locator('iframe.webview').count(), 0);
  });
});
