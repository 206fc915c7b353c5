import * as assert from 'node:assert';
import { extend, type View } from '../../src/buildLog';

const log = { build: '1', uri: 'file:///a.yaml', percent: 0, lines: [] };
const empty: View = { name: 'a.yaml', percent: 0, steps: [], lines: [] };

suite('log of a build', () => {
  test('steps take the time until the next one', () => {
    let view = extend(empty, { ...log, step: 'fetch' }, 1000);
    view = extend(view, { ...log, step: 'fetch', lines: ['x'] }, 1500);
    assert.deepStrictEqual(view.steps, [{ name: 'fetch', started: 1000 }]);
    view = extend(view, { ...log, step: 'compile' }, 3000);
    view = extend(view, { ...log, ended: { build: '1', uri: log.uri, state: 'ok', message: 'built' } }, 7000);
    assert.deepStrictEqual(view.steps, [
      { name: 'fetch', started: 1000, took: 2000 },
      { name: 'compile', started: 3000, took: 4000 },
    ]);
    assert.strictEqual(view.percent, 100);
    assert.strictEqual(view.ended?.state, 'ok');
  });

  test('what is left out is said, and a long log keeps its end', () => {
    const view = extend(empty, { ...log, lines: ['b'], dropped: 7 }, 0);
    assert.deepStrictEqual(view.lines, ['… 7 lines left out', 'b']);
    const many = Array.from({ length: 9000 }, (_, i) => String(i));
    assert.strictEqual(extend(view, { ...log, lines: many }, 0).lines.length, 5000);
    assert.strictEqual(extend(view, { ...log, lines: many }, 0).lines.at(-1), '8999');
  });
});
