// The entry of the tests in the extension host: for test/host.mjs here, and
// for @vscode/test-electron on a desktop.
import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

/** Appends one line of JSON to the report, if there is to be one. */
function tell(outcome: Record<string, unknown>): void {
  const report = process.env['DHI_TEST_REPORT'];
  if (report) {
    fs.appendFileSync(report, `${JSON.stringify(outcome)}\n`);
  }
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', timeout: 90_000 });
  fs.readdirSync(__dirname)
    .filter((f) => f.endsWith('.test.js'))
    .sort()
    .forEach((f) => mocha.addFile(path.join(__dirname, f)));
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (t) => tell({ title: t.fullTitle(), duration: t.duration ?? 0 }));
    runner.on('fail', (t, err: Error) => tell({ title: t.fullTitle(), error: err.stack ?? err.message }));
  });
  tell({ done: true, failures });
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
