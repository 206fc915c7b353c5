// Runs the tests of editors/vscode/test/host in the extension host of a real
// VS Code, as @vscode/test-electron would.
//   node host.mjs WORKSPACE SCRATCH [VSIX...]
import fs from 'node:fs';
import path from 'node:path';
import { cli, openFolder, startServer } from './workbench.mjs';

const [workspace, scratch, ...packages] = process.argv.slice(2);
const extension = path.resolve(import.meta.dirname, '../vscode');
const report = path.join(scratch, 'host-report.json');
const LIMIT = 420_000;

fs.mkdirSync(scratch, { recursive: true });
fs.rmSync(report, { force: true });
process.env.DHI_TEST_REPORT = report;
for (const vsix of packages) {
  await cli(scratch, '--install-extension', vsix);
}
const server = await startServer(scratch, {}, { 'dhi-ls.server.path': process.env.DHI_LS });
const { browser } = await openFolder(server.port, workspace, [
  ['extensionDevelopmentPath', extension],
  ['extensionTestsPath', path.join(extension, 'out/test/host/index.js')],
]);
try {
  const end = Date.now() + LIMIT;
  let seen = 0;
  let done = false;
  while (!done) {
    if (Date.now() > end) {
      throw new Error(`not done within ${LIMIT / 1000} s; see ${scratch}/data/logs`);
    }
    await new Promise((r) => setTimeout(r, 100));
    const lines = fs.existsSync(report) ? fs.readFileSync(report, 'utf8').split('\n').slice(0, -1) : [];
    for (const t of lines.slice(seen).map((l) => JSON.parse(l))) {
      done ||= t.done === true;
      if (t.done) {
        process.exitCode = t.failures === 0 && seen > 0 ? 0 : 1;
      } else {
        console.log(t.error ? `not ok ${t.title}\n${t.error.replace(/^/gm, '  ')}` : `ok ${t.title} (${t.duration} ms)`);
      }
    }
    seen = lines.length;
  }
} finally {
  await browser.close();
  await server.stop();
}
