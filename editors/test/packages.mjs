// A loopback archive of a few Alpine packages, and the cache of its indexes.
//   node packages.mjs PROGRAM WORKSPACE CACHE
// serves the archive, has PROGRAM fetch what WORKSPACE names and Alpine's own
// archive (as if it were this one) into CACHE, ends.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const [program, workspace, cache] = process.argv.slice(2);

const PACKAGES = [
  ['alpine-baselayout-data', '3.7.1-r8', 'Alpine base dir structure and init scripts'],
  ['harbor-light', '2.0.4-r1', 'Lights the way into the harbour'],
  ['harbor-light', '2.1.0-r3', 'Lights the way into the harbour'],
  ['harbor-tools', '0.9.0-r0', 'Tools of the harbour'],
  ['tzdata', '2025b-r0', 'Time zones'],
];

const record = (arch) => ([name, version, description]) =>
  [`C:Q1${Buffer.alloc(20, version + name).toString('base64')}`, `P:${name}`, `V:${version}`, `A:${arch}`, 'S:1000', 'I:4096', `T:${description}`, 'U:https://example.com', 'L:MIT', ''].join('\n');

/** A tar archive of one file, as apk index writes it. */
function tar(name, content) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(`${header.reduce((a, b) => a + b, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]);
}

const server = http.createServer((request, response) => {
  const arch = /^(?:\/v3\.23)?\/main\/(x86_64|aarch64)\/APKINDEX\.tar\.gz$/.exec(request.url)?.[1];
  if (!arch) {
    response.writeHead(404).end();
    return;
  }
  const index = Buffer.from(PACKAGES.map(record(arch)).join('\n') + '\n');
  response.writeHead(200, { 'Content-Type': 'application/gzip' }).end(zlib.gzipSync(tar('APKINDEX', index)));
});
/** Has the program fetch the indexes that a definition names. */
function update(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, ['index', 'update', ...args], { env: { ...process.env, DHI_LS_INDEX_DIR: cache, ...env }, stdio: 'inherit' });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const file = path.join(workspace, 'image/harbor/broken.yaml');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace(/https:\/\/dl-cdn\S+/, `${url}/main`));
  const own = await update(['--allow-host', url, file]);

  // The archive of Alpine too, from here: what new definitions name.
  const other = fs.mkdtempSync(path.join(os.tmpdir(), 'dhi-ls-'));
  fs.writeFileSync(path.join(other, 'a.yaml'), text);
  fs.writeFileSync(path.join(other, 'config.yaml'), `mirrors:\n  https://dl-cdn.alpinelinux.org/alpine: ${url}\n`);
  const mirrored = await update(['--allow-host', url, path.join(other, 'a.yaml')], { DHI_LS_USER_CONFIG: path.join(other, 'config.yaml') });
  fs.rmSync(other, { recursive: true });
  server.close();
  process.exitCode = own || mirrored;
});
