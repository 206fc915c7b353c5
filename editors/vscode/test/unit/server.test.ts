import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { findProgram, ProgramError } from '../../src/server';

suite('finding the server', () => {
  let folder: string;
  const put = (file: string, mode = 0o755) => {
    const full = path.join(folder, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, '#!/bin/sh\n', { mode });
    return full;
  };

  setup(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dhi-'));
  });
  teardown(() => fs.rmSync(folder, { recursive: true }));

  test('the setting comes first', () => {
    put('extension/server/dhi-ls');
    const own = put('own/dhi-ls');
    assert.deepStrictEqual(findProgram(path.join(folder, 'extension'), own, ''), { command: own, from: 'setting' });
  });

  test('a name in the setting is looked up in PATH', () => {
    const other = put('bin/dhi-other');
    assert.strictEqual(findProgram(folder, 'dhi-other', path.join(folder, 'bin')).command, other);
  });

  test('the bundled one, made executable', () => {
    const bundled = put('extension/server/dhi-ls', 0o644);
    assert.deepStrictEqual(findProgram(path.join(folder, 'extension'), '', ''), { command: bundled, from: 'extension' });
    assert.strictEqual(fs.statSync(bundled).mode & 0o111, 0o111);
  });

  test('else the one on PATH', () => {
    const found = put('bin/dhi-ls');
    const searchPath = ['', '/none', path.join(folder, 'bin')].join(path.delimiter);
    assert.deepStrictEqual(findProgram(folder, ' ', searchPath), { command: found, from: 'PATH' });
  });

  test('a wrong setting is named, and nothing else is run in its place', () => {
    put('extension/server/dhi-ls');
    assert.throws(() => findProgram(path.join(folder, 'extension'), '/none/dhi-ls', ''), (err: Error) => {
      return err instanceof ProgramError && err.message.includes('dhi-ls.server.path') && err.message.includes('/none/dhi-ls');
    });
  });

  test('without any', () => {
    assert.throws(() => findProgram(folder, '', ''), ProgramError);
  });
});
