// The guided definition: what the questions accept, and that what the real
// server makes of the answers has no findings.
import * as assert from 'node:assert';
import { spawn, execFileSync } from 'node:child_process';
import { argumentOf, DISTRIBUTIONS, imageOf, portsOf, withPrefix, wrong, type Answers } from '../../src/newDefinition';
import { program } from './program';

suite('new definition', () => {
  test('ports are written as definitions write them', () => {
    assert.deepStrictEqual(portsOf(' 8080, 53/udp  443/tcp '), ['8080/tcp', '53/udp', '443/tcp']);
    assert.deepStrictEqual(portsOf(''), []);
  });

  test('names of images', () => {
    assert.strictEqual(imageOf('Harbor Master', 'image'), 'dhi.io/harbor-master');
    assert.strictEqual(imageOf('Harbor Master', 'package'), 'dhi.io/pkg-harbor-master');
    assert.strictEqual(imageOf('(Über) C++', 'chart'), 'dhi.io/ber-c-chart');
    assert.strictEqual(imageOf('日本', 'image'), 'dhi.io/app');
  });

  const inputs: [keyof typeof wrong, string[], string[]][] = [
    ['name', ['Harbor Master', '日本'], ['', ' - ']],
    ['image', ['dhi.io/a', 'localhost:5000/a/b', 'registry.example.com/team/app-x'], ['', 'app', 'dhi.io/App', 'dhi.io/a:1', 'dhi.io/']],
    ['version', ['1', '1.4', '1.4.0', '1.4.0-rc.1'], ['', 'v1', '1.x', '1.2.3.4']],
    ['user', ['nonroot', '_svc', 'a-b'], ['', 'Root', '9a', 'a b']],
    ['ports', ['', '80', '8080 53/udp', '65535/tcp'], ['0', '65536', '80/sctp', 'http']],
  ];
  for (const [what, good, bad] of inputs) {
    test(`${what}: good and bad input`, () => {
      good.forEach((text) => assert.strictEqual(wrong[what](text), undefined, text));
      bad.forEach((text) => assert.match(wrong[what](text) ?? '', /such as/, text));
    });
  }

  test('a dev variant runs as root', () => {
    assert.deepStrictEqual(argumentOf({ variant: 'dev', user: 'nonroot' }), { variant: 'dev' });
    assert.deepStrictEqual(argumentOf({ kind: 'chart', name: 'a' }), { kind: 'chart', name: 'a' });
  });

  test('a prefix is put among the packages', () => {
    const at = withPrefix('a: 1\ncontents:\n  packages:\n    - base\n', 'red')!;
    assert.deepStrictEqual([at.text, at.line, at.character], ['a: 1\ncontents:\n  packages:\n    - red\n    - base\n', 3, 9]);
    assert.strictEqual(withPrefix('a: 1\n', 'red'), undefined);
  });

  test('the distributions are those of the server', () => {
    const help = execFileSync(program, ['new', 'image', '--help']).toString();
    const offered = /--dist DISTRIBUTION +the DISTRIBUTION: ([^(]+) \(/.exec(help)?.[1]?.split(', ');
    assert.deepStrictEqual(DISTRIBUTIONS.map((d) => d.dist).sort(), offered?.sort());
  });

  const answers: Answers = {
    kind: 'image',
    dist: 'debian-13',
    variant: 'runtime',
    name: 'Harbor Master',
    image: 'registry.example.com/harbor-master',
    version: '3.4.1',
    packages: ['redis', '!mawk'],
    user: 'harbor',
    ports: ['8080/tcp'],
  };
  const { user: _, ports: __, variant: ___, ...built } = answers;
  const { dist: ____, packages: _____, ...chart } = built;
  const cases: [string, Partial<Answers>][] = [
    ...DISTRIBUTIONS.flatMap(({ dist }): [string, Partial<Answers>][] => [
      [`${dist} runtime`, { ...answers, dist }],
      [`${dist} dev`, { ...answers, dist, variant: 'dev', packages: [] }],
      [`${dist} package`, { ...built, dist, kind: 'package', packages: ['redis'] }],
    ]),
    ['chart', { ...chart, kind: 'chart' }],
  ];

  test('what the server writes has no findings', async function () {
    this.timeout(60_000);
    const texts = await written(cases.map(([, given]) => argumentOf(given)));
    texts.forEach((text, i) => assert.deepStrictEqual(findings(text), [], cases[i]![0]));
    assert.match(texts[0]!, /^name: Harbor Master 3\.x$/m);
    assert.match(texts[0]!, /^ {2}run-as: harbor$/m);
    assert.match(texts[0]!, /^ {2}- 8080\/tcp$/m);
  });
});

/** Asks a server for definitions. */
async function written(list: Record<string, unknown>[]): Promise<string[]> {
  const server = spawn(program, ['serve'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const send = (message: Record<string, unknown>) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    server.stdin.write(body);
  };
  const answers = new Map<number, string>();
  const all = new Promise<void>((resolve, reject) => {
    let rest = Buffer.alloc(0);
    server.once('exit', () => reject(new Error('the server ended')));
    server.stdout.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const head = /^Content-Length: (\d+)[^]*?\r\n\r\n/.exec(rest.toString('latin1'));
        const end = head ? head[0].length + Number(head[1]) : Infinity;
        if (end > rest.length) {
          return;
        }
        const message = JSON.parse(rest.subarray(head![0].length, end).toString()) as { id?: number; result?: { text?: string }; error?: { message: string } };
        rest = rest.subarray(end);
        if (message.error) {
          reject(new Error(message.error.message));
        } else if (message.result?.text !== undefined) {
          answers.set(message.id!, message.result.text);
        }
        if (answers.size === list.length) {
          resolve();
        }
      }
    });
  });
  send({ id: 0, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } });
  send({ method: 'initialized', params: {} });
  list.forEach((argument, i) => send({ id: i + 1, method: 'workspace/executeCommand', params: { command: 'dhi-ls.new', arguments: [argument] } }));
  try {
    await all;
  } finally {
    server.removeAllListeners('exit');
    server.kill();
  }
  return list.map((_, i) => answers.get(i + 1)!);
}

/** What dhi-ls says about a definition. */
function findings(text: string): string[] {
  const out = execFileSync(program, ['check', '--no-cache', '--no-index', '--format', 'json', '--fail-on', 'never', '--min-severity', 'hint', '-'], { input: text });
  const report = JSON.parse(out.toString()) as { summary: { definitions: number }; diagnostics: { code: string; message: string }[] };
  assert.strictEqual(report.summary.definitions, 1);
  return report.diagnostics.map((d) => `${d.code}: ${d.message}`);
}
