import * as assert from 'node:assert';
import { statusText, statusTooltip, TOOLTIP_COMMANDS, type ServerStatus } from '../../src/statusText';

const ok: ServerStatus = { health: 'ok', busy: false };
const NOW = Date.parse('2026-03-05T12:00:00Z');
const tooltip = (status: ServerStatus, trusted = true) => statusTooltip(status, trusted, NOW);

suite('status item', () => {
  test('its text', () => {
    assert.strictEqual(statusText(ok), '$(package) DHI');
    assert.strictEqual(statusText({ ...ok, busy: true }), '$(sync~spin) DHI');
    assert.strictEqual(statusText({ ...ok, health: 'warning' }), '$(warning) DHI');
    const building: ServerStatus = { ...ok, builder: { name: 'default', loggedIn: true, building: true } };
    assert.strictEqual(statusText(building), '$(sync~spin) DHI: building');
    assert.strictEqual(statusText(building, 42), '$(sync~spin) DHI: building 42 %');
    assert.strictEqual(statusText(ok, 42), '$(package) DHI');
  });

  test('the age of the indexes', () => {
    const index = (updated: string, repositories = 2, stale = false) => tooltip({ ...ok, index: { repositories, updated, stale } })[1];
    assert.match(index('2026-03-02T11:00:00Z')!, /2 package indexes, the oldest fetched 3 days ago\./);
    assert.match(index('2026-03-05T11:00:00Z', 1)!, /1 package index, fetched 1 hour ago\./);
    assert.match(index('2026-03-05T11:59:50Z')!, /just now/);
    assert.match(index('2026-01-01T00:00:00Z', 2, true)!, /63 days ago, too old to rely on/);
    assert.match(tooltip({ ...ok, index: { repositories: 0, stale: false } })[1]!, /No package index is here yet/);
  });

  test('builder and login', () => {
    const builder = (loggedIn: boolean, building = false) => tooltip({ ...ok, builder: { name: 'default', loggedIn, building } })[2];
    assert.match(builder(true)!, /Builds with default, logged in to dhi\.io/);
    assert.match(builder(false, true)!, /Building with default, not logged in to dhi\.io \(`docker login dhi\.io`\)/);
    assert.match(tooltip(ok)[2]!, /looked for when something is built/);
  });

  test('in a workspace that is not trusted', () => {
    assert.match(tooltip(ok, false).join('\n'), /nothing is fetched or built/);
  });

  test('its links run only what it may', () => {
    for (const trusted of [true, false]) {
      const text = tooltip({ ...ok, builder: { name: 'default', loggedIn: true, building: false } }, trusted).join('\n');
      for (const [, command] of text.matchAll(/command:([\w.]+)/g)) {
        assert.ok(TOOLTIP_COMMANDS.includes(command!), command);
      }
    }
  });
});
