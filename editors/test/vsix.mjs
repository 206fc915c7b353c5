// Looks into the packages of the extension:
//   node vsix.mjs FOLDER [AGAIN]
// FOLDER has the vsix files of scripts/vsix.mjs. AGAIN has some of them built a
// second time, which must be the same bytes.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { TARGETS } from '../vscode/scripts/targets.mjs';

const MAX_BYTES = 14 << 20; // 14 MB, as vsce counts them
const extension = path.resolve(import.meta.dirname, '../vscode');
const require = createRequire(path.join(extension, 'package.json'));
const { readZip } = require('@vscode/vsce/out/zip.js');
const { version } = require(path.join(extension, 'package.json'));

/** What a package may have, besides its server. readZip gives names in small letters. */
const ALLOWED = [
  /^\[content_types\]\.xml$/, /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|language-configuration\.json|license\.txt|readme\.md|changelog\.md)$/,
  /^extension\/dist\/(extension|client)\.js$/,
  /^extension\/media\/([\w-]+\.png|build\.js|build\.css)$/,
  /^extension\/(schemas|syntaxes)\/[\w.-]+\.json$/,
];

/** How an executable of a system and a processor begins: its magic number and its machine. */
const MACHINES = {
  'linux/amd64': (b) => b.readUInt32BE(0) === 0x7f454c46 && b.readUInt16LE(18) === 0x3e,
  'linux/arm64': (b) => b.readUInt32BE(0) === 0x7f454c46 && b.readUInt16LE(18) === 0xb7,
  'darwin/amd64': (b) => b.readUInt32LE(0) === 0xfeedfacf && b.readUInt32LE(4) === 0x01000007,
  'darwin/arm64': (b) => b.readUInt32LE(0) === 0xfeedfacf && b.readUInt32LE(4) === 0x0100000c,
  'windows/amd64': (b) => b.toString('latin1', 0, 2) === 'MZ' && b.readUInt16LE(b.readUInt32LE(60) + 4) === 0x8664,
  'windows/arm64': (b) => b.toString('latin1', 0, 2) === 'MZ' && b.readUInt16LE(b.readUInt32LE(60) + 4) === 0xaa64,
};

const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: extension }).toString().trim();
const [folder, again] = process.argv.slice(2);
let failed = 0;

async function check(target, file) {
  const [os, arch] = TARGETS[target];
  const server = `extension/server/dhi-ls${os === 'windows' ? '.exe' : ''}`;
  const { size } = fs.statSync(file);
  const files = await readZip(file, () => true);
  const others = [...files.keys()].filter((name) => name !== server && !ALLOWED.some((a) => a.test(name)));
  assert.deepStrictEqual(others, [], 'files that no one asked for');
  const manifest = files.get('extension.vsixmanifest').toString();
  assert.match(manifest, new RegExp(`TargetPlatform="${target}"`));
  assert.match(manifest, new RegExp(`Version="${version.replaceAll('.', '\\.')}"`));
  const program = files.get(server);
  assert.ok(program, `no ${server}`);
  assert.ok(MACHINES[`${os}/${arch}`](program), `the server is none for ${os}/${arch}`);
  assert.ok(program.includes(commit), 'the server does not say which commit it is of');
  for (const wanted of ['extension/readme.md', 'extension/changelog.md', 'extension/license.txt', 'extension/media/icon.png']) {
    assert.ok(files.has(wanted), `no ${wanted}`);
  }
  assert.ok(size < MAX_BYTES, `${size} bytes, and may have ${MAX_BYTES}`);
  if (again && fs.existsSync(path.join(again, path.basename(file)))) {
    assert.ok(fs.readFileSync(file).equals(fs.readFileSync(path.join(again, path.basename(file)))), 'built twice, it is two');
    return `${(size / (1 << 20)).toFixed(2)} MB, the same when built again`;
  }
  return `${(size / (1 << 20)).toFixed(2)} MB`;
}

for (const target of Object.keys(TARGETS)) {
  try {
    console.log(`ok vsix: ${target} (${await check(target, path.join(folder, `dhi-ls-${target}-${version}.vsix`))})`);
  } catch (err) {
    failed++;
    console.log(`not ok vsix: ${target}\n  ${err.message}`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
