import * as assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { DISTRIBUTIONS, scaffold, type Answers } from '../../src/scaffold';

const program = process.env['DHI_LS'] ?? path.resolve(__dirname, '../../../../../bin/dhi-ls');

suite('scaffold', () => {
  for (const distribution of DISTRIBUTIONS) {
    for (const variant of ['runtime', 'dev'] as const) {
      test(`${distribution.family} ${distribution.release} ${variant} has no findings`, () => {
        const answers: Answers = {
          distribution,
          variant,
          title: 'Harbormaster',
          image: 'registry.example.com/harbormaster',
          version: '3.4.1',
          packages: ['redis', '!gawk'],
          user: 'harbor',
          ports: ['8080/tcp'],
        };
        const text = scaffold(answers);
        assert.match(text, new RegExp(`^# syntax=dhi.io/build:2-${distribution.family}${distribution.release}\n\nname: `));
        assert.match(text, /\n {4}- '!gawk'\n/);
        assert.deepStrictEqual(findings(text), []);
      });
    }
  }
});

/** What dhi-ls says about a definition. */
function findings(text: string): string[] {
  const out = execFileSync(program, ['check', '--no-cache', '--no-index', '--format', 'json', '--fail-on', 'never', '--min-severity', 'hint', '-'], { input: text });
  const report = JSON.parse(out.toString()) as { summary: { definitions: number }; diagnostics: { code: string; message: string }[] };
  assert.strictEqual(report.summary.definitions, 1);
  return report.diagnostics.map((d) => `${d.code}: ${d.message}`);
}
