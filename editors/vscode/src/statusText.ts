// The words of the item in the status bar.

/** The payload of dhi-ls/status (docs/protocol.md). */
export interface ServerStatus {
  health: 'ok' | 'warning' | 'error';
  busy: boolean;
  message?: string;
  index?: { repositories: number; updated?: string; stale: boolean };
  builder?: { name: string; loggedIn: boolean; building: boolean };
}

/** The commands that the tooltip's links run. */
export const TOOLTIP_COMMANDS = ['dhi.updateIndexes', 'dhi.doctor', 'dhi.showBuild', 'workbench.trust.manage'];

const ICONS = { ok: '$(package)', warning: '$(warning)', error: '$(error)' } as const;

/** The text of the item. percent is how far builds are. */
export function statusText(status: ServerStatus, percent?: number): string {
  if (status.builder?.building) {
    return percent === undefined || percent === 0 ? '$(sync~spin) DHI: building' : `$(sync~spin) DHI: building ${percent} %`;
  }
  return `${status.busy ? '$(sync~spin)' : ICONS[status.health]} DHI`;
}

/** The paragraphs of the tooltip, in Markdown. */
export function statusTooltip(status: ServerStatus, trusted: boolean, now = Date.now()): string[] {
  const lines = [`${ICONS[status.health]} ${status.message ?? 'The language server is running.'}`];
  if (!trusted) {
    return [...lines, '$(shield) The workspace is not trusted: nothing is fetched or built. [Trust it](command:workbench.trust.manage)'];
  }
  return [...lines, `$(database) ${indexText(status.index, now)}`, `$(tools) ${builderText(status.builder)}`];
}

function indexText(index: ServerStatus['index'], now: number): string {
  if (!index || index.repositories === 0) {
    return 'No package index is here yet: packages and versions are not known. [Fetch](command:dhi.updateIndexes)';
  }
  const count = index.repositories === 1 ? '1 package index' : `${index.repositories} package indexes`;
  const age = index.updated === undefined ? '' : `, ${index.repositories === 1 ? '' : 'the oldest '}fetched ${ago(now - Date.parse(index.updated))}`;
  return `${count}${age}${index.stale ? ', too old to rely on' : ''}. [Update](command:dhi.updateIndexes)`;
}

function builderText(builder: ServerStatus['builder']): string {
  if (!builder?.name) {
    return 'A builder is looked for when something is built. [Look now](command:dhi.doctor)';
  }
  const login = builder.loggedIn ? 'logged in to dhi.io' : 'not logged in to dhi.io (`docker login dhi.io`)';
  return `${builder.building ? 'Building with' : 'Builds with'} ${builder.name}, ${login}. [Last build](command:dhi.showBuild)`;
}

/** How long ago something was, in the largest whole unit. */
function ago(milliseconds: number): string {
  const units: [number, string][] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ];
  for (const [size, name] of units) {
    const n = Math.floor(milliseconds / size);
    if (n >= 1) {
      return `${n} ${name}${n === 1 ? '' : 's'} ago`;
    }
  }
  return 'just now';
}
