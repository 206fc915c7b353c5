// Puts into the extension's folder what comes from elsewhere in the
// repository: the licence and the schema of .dhi-ls.yaml.
// usage: prepare.mjs [PROGRAM]   PROGRAM is dhi-ls for this machine
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const here = path.resolve(import.meta.dirname, '..');
const root = path.resolve(here, '../..');
const program = process.argv[2] ?? path.join(root, 'bin/dhi-ls');

fs.copyFileSync(path.join(root, 'LICENSE'), path.join(here, 'LICENSE'));
fs.mkdirSync(path.join(here, 'schemas'), { recursive: true });
fs.writeFileSync(path.join(here, 'schemas/config.schema.json'), execFileSync(program, ['schema', 'config']));
