// What a person does in VS Code's workbench, and sees there.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cli, openFolder, startServer } from './workbench.mjs';

// Patience for a busy machine: it bounds the harm of a failure and is no measure of speed.
const LIMIT = 60_000;

/**
 * Opens a folder in VS Code with the vsix packages installed, hands over a
 * Workbench, and closes all of it. settings are the user's.
 */
export async function withWorkbench({ folder, scratch, packages, settings = {}, viewport }, run) {
  fs.mkdirSync(scratch, { recursive: true });
  for (const vsix of packages) {
    await cli(scratch, '--install-extension', vsix);
  }
  const server = await startServer(scratch, settings, process.env.DHI_LS ? { 'dhi-ls.server.path': process.env.DHI_LS } : {});
  const { browser, page } = await openFolder(server.port, folder, [], viewport);
  const workbench = new Workbench(page, server, scratch);
  try {
    await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 60_000 });
    await run(workbench);
  } catch (err) {
    workbench.failed++;
    console.log(`not ok ${err.stack}`);
  } finally {
    await browser.close();
    await server.stop();
  }
  process.exitCode = workbench.failed > 0 ? 1 : 0;
}

class Workbench {
  failed = 0;

  constructor(page, server, scratch) {
    this.page = page;
    this.server = server;
    this.scratch = scratch;
    this.squiggles = page.locator('.monaco-editor .squiggly-error');
    this.suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
    this.status = page.locator('[id="dhi-ls.dhi-ls.status"]');
  }

  /** One test. The next ones run even when it fails. */
  async test(name, run) {
    const started = Date.now();
    try {
      await run();
      console.log(`ok ${name} (${Date.now() - started} ms)`);
    } catch (err) {
      this.failed++;
      console.log(`not ok ${name}\n  ${String(err.stack ?? err).replaceAll('\n', '\n  ')}`);
      const picture = path.join(process.env.DHI_TEST_FAILURES ?? this.scratch, `${name.replace(/\W+/g, '-')}.png`);
      await this.page.screenshot({ path: picture });
      console.log(`  the screen: ${picture}`);
      await this.page.keyboard.press('Escape');
    }
  }

  /** Takes a picture for the docs, if PICTURES names a folder for them. */
  async picture(name) {
    if (process.env.PICTURES) {
      await this.page.waitForTimeout(600); // widgets fade in
      await this.page.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`) });
    }
  }

  /**
   * Presses keys until the quick input is there: while a panel loads or takes
   * the focus, keys may get lost, as they do for a person.
   */
  async summon(...keys) {
    await this.eventually(`the quick input after ${keys.join(' ')}`, async () => {
      for (const key of keys) {
        await this.page.keyboard.press(key);
      }
      return this.quickInput().waitFor({ timeout: 3000 }).then(() => true, () => false);
    });
  }

  /** Opens a file by its name. */
  async open(name) {
    await this.summon('Control+P');
    await this.quickInput().fill(name);
    await this.row(path.basename(name)).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: path.basename(name) }).waitFor();
  }

  /** Runs a command of the palette by its whole title. */
  async command(title) {
    await this.summon('F1');
    await this.quickInput().fill(`>${title}`);
    const words = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    await this.page.locator('.quick-input-widget .monaco-list-row .label-name', { hasText: words }).first().click();
    await this.page.mouse.move(this.page.viewportSize().width / 2, this.page.viewportSize().height - 8); // away from what has tooltips
  }

  /** Puts the cursor of the first editor before a column of a line, both from 1. */
  async goTo(line, column) {
    await this.summon('Control+1', 'Control+G'); // Control+1 is the first group of editors
    await this.quickInput().fill(`:${line}:${column}`);
    await this.row(`line ${line}`).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor();
  }

  quickInput() {
    return this.page.locator('.quick-input-widget .quick-input-box input');
  }

  /** A row of the quick input. */
  row(text) {
    return this.page.locator('.quick-input-widget .monaco-list-row', { hasText: text }).first();
  }

  /** What the first editor shows of its document, with plain blanks. */
  async shown() {
    return (await this.page.locator('.monaco-editor .view-lines').first().innerText()).replaceAll('\u00a0', ' ');
  }

  /** The frame of the panel with a build. */
  panel() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  async eventually(what, get) {
    for (const end = Date.now() + LIMIT; ; ) {
      const got = await get();
      if (got) {
        return got;
      }
      assert.ok(Date.now() < end, `never: ${what}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** The process ids of the language servers that this VS Code runs. */
  servers() {
    const out = execFileSync('ps', ['-eo', 'pid=,ppid=,args=']).toString().split('\n').map((l) => l.trim().split(/\s+/));
    const family = new Set([String(this.server.child.pid)]);
    for (let grown = true; grown; ) {
      const before = family.size;
      out.filter(([, parent]) => family.has(parent)).forEach(([pid]) => family.add(pid));
      grown = family.size > before;
    }
    return out.filter(([pid, , program, verb]) => family.has(pid) && /dhi-ls$/.test(program ?? '') && verb === 'serve').map(([pid]) => Number(pid));
  }
}
