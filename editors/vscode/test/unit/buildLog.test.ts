import * as assert from 'node:assert';
import { extend, linesOf, newView, type BuildLog, type Step } from '../../src/buildLog';

const URI = 'file:///w/image/a%20b/1.yaml';
const log: BuildLog = { build: '1', uri: URI, percent: 0, lines: [] };
const step = (number: number, state: Step['state'], milliseconds?: number): Step => ({
  number,
  name: `step ${number}`,
  state,
  ...(milliseconds === undefined ? {} : { milliseconds }),
});

suite('log of a build', () => {
  test('a view bears the name of its file', () => {
    assert.strictEqual(newView(URI, 0).name, '1.yaml');
    assert.strictEqual(newView('untitled:a%20b', 0).name, 'untitled:a b');
  });

  test('steps keep their order and take their latest state', () => {
    let view = newView(URI, 1000);
    view = extend(view, { ...log, percent: 10, steps: [step(1, 'running'), step(2, 'running')] }, 1100);
    view = extend(view, { ...log, percent: 60, steps: [step(2, 'cached'), step(3, 'running')] }, 1200);
    view = extend(view, { ...log, percent: 80, steps: [step(1, 'done', 150)] }, 1300);
    assert.deepStrictEqual(view.steps, [step(1, 'done', 150), step(2, 'cached'), step(3, 'running')]);
    assert.deepStrictEqual([view.percent, view.took], [80, undefined]);
  });

  test('steps of one number and two names are two', () => {
    const other = { ...step(1, 'running'), name: 'on another node' };
    assert.strictEqual(extend(newView(URI, 0), { ...log, steps: [step(1, 'running'), other] }, 0).steps.length, 2);
  });

  test('the end has a time, and no step is left running', () => {
    const begun = extend(newView(URI, 1000), { ...log, steps: [step(1, 'done', 5), step(2, 'running')] }, 1500);
    const ended = extend(begun, { ...log, ended: { build: '1', uri: URI, state: 'canceled', message: 'canceled' } }, 7000);
    assert.deepStrictEqual([ended.percent, ended.took, ended.ended?.state], [100, 6000, 'canceled']);
    assert.deepStrictEqual(ended.steps, [step(1, 'done', 5)]);
  });

  test('what is left out is said', () => {
    assert.deepStrictEqual(linesOf({ ...log, lines: ['b'], dropped: 7 }), ['… 7 lines left out', 'b']);
  });

  test('lines lose what only a terminal understands', () => {
    const lines = ['\u001b[1;31merror\u001b[0m: \u001b]8;;https://example.com\u0007link\u001b]8;;\u001b\\', ' 10 %\r 20 %\r', 'a [b] c'];
    assert.deepStrictEqual(linesOf({ ...log, lines }), ['error: link', ' 20 %', 'a [b] c']);
  });
});
