// Packages the extension with its server, one file per platform:
//   node scripts/vsix.mjs [--out DIR] [--version V] [--server FILE] [TARGET...]
// --server takes a program that is built already, for tests of one target.
// Same sources, same bytes: no cgo, no paths, one date for every file.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRequire } from 'node:module';

const MAX_BYTES = 14 << 20;

/** VS Code's names of platforms, and Go's. */
const TARGETS = {
  'linux-x64': ['linux', 'amd64'],
  'linux-arm64': ['linux', 'arm64'],
  'alpine-x64': ['linux', 'amd64'],
  'alpine-arm64': ['linux', 'arm64'],
  'darwin-x64': ['darwin', 'amd64'],
  'darwin-arm64': ['darwin', 'arm64'],
  'win32-x64': ['windows', 'amd64'],
  'win32-arm64': ['windows', 'arm64'],
};

const here = path.resolve(import.meta.dirname, '..');
const root = path.resolve(here, '../..');
const { createVSIX } = createRequire(import.meta.url)('@vscode/vsce');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    server: { type: 'string' },
    out: { type: 'string', default: path.join(root, 'dist') },
    version: { type: 'string', default: JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8')).version },
  },
});

// vsce gives every file this date, in the local time zone: that of the last commit.
process.env.SOURCE_DATE_EPOCH ??= execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root }).toString().trim();
process.env.TZ = 'UTC';

function buildServer(target) {
  const [os, arch] = TARGETS[target];
  const folder = path.join(here, 'server');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  const program = path.join(folder, os === 'windows' ? 'dhi-ls.exe' : 'dhi-ls');
  if (values.server) {
    fs.copyFileSync(values.server, program);
    return;
  }
  execFileSync(
    process.env.GO ?? 'go',
    ['build', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w -buildid= -X main.version=${values.version}`, '-o', program, './cmd/dhi-ls'],
    { cwd: root, env: { ...process.env, CGO_ENABLED: '0', GOOS: os, GOARCH: arch, GOFLAGS: '' }, stdio: 'inherit' },
  );
}

async function pack(target) {
  buildServer(target);
  const file = path.join(values.out, `dhi-ls-${target}-${values.version}.vsix`);
  await createVSIX({ cwd: here, packagePath: file, target, dependencies: false, allowMissingRepository: true });
  const size = fs.statSync(file).size;
  if (size > MAX_BYTES) {
    throw new Error(`${file} has ${size} bytes, and may have ${MAX_BYTES}`);
  }
  console.log(`${file}: ${(size / (1 << 20)).toFixed(1)} MiB`);
}

fs.mkdirSync(values.out, { recursive: true });
for (const target of positionals.length > 0 ? positionals : Object.keys(TARGETS)) {
  if (!(target in TARGETS)) {
    throw new Error(`unknown target ${target}: there are ${Object.keys(TARGETS).join(', ')}`);
  }
  await pack(target);
}
fs.rmSync(path.join(here, 'server'), { recursive: true, force: true });
