import * as assert from 'node:assert';
import { concernsServer, isDirective } from '../../src/detect';

suite('detect', () => {
  const directives: [string, boolean][] = [
    ['# syntax=dhi.io/build:2-alpine3.23', true],
    ['#syntax = dhi/build:2-debian13', true],
    ['# SYNTAX=registry.example.com/mirror/build:2-debian13\r', true],
    ['\uFEFF# syntax=dhi.io/build:2-alpine3.23', true],
    ['# syntax=dhi.io/build@sha256:00', true],
    ['# syntax=docker/dockerfile:1', false],
    ['# syntax=example.com/rebuild:1', false],
    ['# see dhi.io/build:2-alpine3.23', false],
    ['name: build:1', false],
    ['', false],
  ];
  for (const [line, expected] of directives) {
    test(`${JSON.stringify(line)} is ${expected ? 'a' : 'no'} directive`, () => assert.strictEqual(isDirective(line), expected));
  }

  const documents: [string, string, string, boolean][] = [
    ['yaml', '/w/a.yaml', '# syntax=dhi.io/build:2-alpine3.23', true],
    ['yaml', '/w/a.yaml', 'kind: Pod', false],
    ['yaml', '/w/.dhi-ls.yaml', 'profile: auto', true],
    ['yaml', '/w/image/redis/info.yaml', 'name: x', true],
    ['yaml', '/w/info.yaml', 'name: x', false],
    ['dhi', '/w/a', '', true],
    ['markdown', '/w/a.md', '# syntax=dhi.io/build:2-alpine3.23', false],
  ];
  for (const [language, path, line, expected] of documents) {
    test(`${language} ${path} ${expected ? 'starts' : 'does not start'} the server`, () =>
      assert.strictEqual(concernsServer(language, path, line), expected));
  }
});
