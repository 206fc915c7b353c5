// Packages the extension with its server, one file per platform:
//   node scripts/vsix.mjs [--out DIR] [--version V] [--commit C] [--server FILE] [TARGET...]
// --server takes a program that is built already, for tests of one target.
// Same sources, same bytes: no cgo, no paths, one date for every file.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRequire } from 'node:module';
import { compressWell } from './deflate.mjs';
import { TARGETS } from './targets.mjs';

const here = path.resolve(import.meta.dirname, '..');
const root = path.resolve(here, '../..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    server: { type: 'string' },
    out: { type: 'string', default: path.join(root, 'dist') },
    version: { type: 'string', default: JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8')).version },
    commit: { type: 'string' },
  },
});
const git = (...args) => execFileSync('git', args, { cwd: root }).toString().trim();

// vsce gives every file this date, in the local time zone: that of the last commit.
process.env.SOURCE_DATE_EPOCH ??= git('log', '-1', '--format=%ct');
process.env.TZ = 'UTC';

// The server says what a release says of itself: version, commit and its time.
const stamps = {
  version: values.version,
  commit: values.commit ?? git('rev-parse', 'HEAD'),
  date: new Date(process.env.SOURCE_DATE_EPOCH * 1000).toISOString().replace('.000', ''),
};
const ldflags = ['-s -w -buildid=', ...Object.entries(stamps).map(([name, value]) => `-X main.${name}=${value}`)].join(' ');

console.log(`compressed with ${compressWell()}`);
const { createVSIX } = createRequire(import.meta.url)('@vscode/vsce');

/** Builds the server for a platform, or takes that of the last target for the same one. */
function buildServer(target, last) {
  const [os, arch] = TARGETS[target];
  const folder = path.join(here, 'server');
  if (last && TARGETS[last].join() === TARGETS[target].join()) {
    return;
  }
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  const program = path.join(folder, os === 'windows' ? 'dhi-ls.exe' : 'dhi-ls');
  if (values.server) {
    fs.copyFileSync(values.server, program);
    return;
  }
  execFileSync(
    process.env.GO ?? 'go',
    ['build', '-trimpath', '-buildvcs=false', '-ldflags', ldflags, '-o', program, './cmd/dhi-ls'],
    { cwd: root, env: { ...process.env, CGO_ENABLED: '0', GOOS: os, GOARCH: arch, GOFLAGS: '' }, stdio: 'inherit' },
  );
}

const targets = positionals.length > 0 ? positionals : Object.keys(TARGETS);
const unknown = targets.find((t) => !(t in TARGETS));
if (unknown) {
  throw new Error(`unknown target ${unknown}: there are ${Object.keys(TARGETS).join(', ')}`);
}
fs.mkdirSync(values.out, { recursive: true });
for (const [i, target] of targets.entries()) {
  buildServer(target, targets[i - 1]);
  const packagePath = path.join(values.out, `dhi-ls-${target}-${values.version}.vsix`);
  await createVSIX({ cwd: here, packagePath, target, dependencies: false, allowMissingRepository: true });
  console.log(`${packagePath}: ${(fs.statSync(packagePath).size / (1 << 20)).toFixed(1)} MB`);
}
fs.rmSync(path.join(here, 'server'), { recursive: true, force: true });
