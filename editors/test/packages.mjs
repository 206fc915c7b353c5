// A loopback archive of a few Alpine packages, and the cache of its indexes.
//   node packages.mjs PROGRAM WORKSPACE CACHE
// serves the archive, has PROGRAM fetch what WORKSPACE names into CACHE, ends.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
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
  const arch = /^\/main\/(x86_64|aarch64)\/APKINDEX\.tar\.gz$/.exec(request.url)?.[1];
  if (!arch) {
    response.writeHead(404).end();
    return;
  }
  const index = Buffer.from(PACKAGES.map(record(arch)).join('\n') + '\n');
  response.writeHead(200, { 'Content-Type': 'application/gzip' }).end(zlib.gzipSync(tar('APKINDEX', index)));
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const file = path.join(workspace, 'image/harbor/broken.yaml');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/https:\/\/dl-cdn\S+/, `${url}/main`));
  const child = spawn(program, ['index', 'update', '--allow-host', url, file], {
    env: { ...process.env, DHI_LS_INDEX_DIR: cache },
    stdio: 'inherit',
  });
  child.on('exit', (code) => {
    server.close();
    process.exitCode = code ?? 1;
  });
});
