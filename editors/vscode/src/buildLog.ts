// What the server says about builds (docs/protocol.md).

/** The notification with the log of a build, as it grows. */
export const BUILD_LOG = 'dhi-ls/buildLog';

export interface BuildLog {
  build: string;
  uri: string;
  step?: string;
  percent: number;
  lines: string[];
  dropped?: number;
  ended?: Build;
}

/** A build: where it stands and, once it ended well, what came of it. */
export interface Build {
  build: string;
  uri: string;
  state: 'running' | 'ok' | 'failed' | 'canceled' | 'superseded';
  message: string;
  command?: string;
  digest?: string;
  tags?: string[];
  notes?: string[];
  next?: { id: string; title: string; command: string; needs?: string }[];
  images?: { platform: string; digest: string; size: number; packages?: unknown[] }[];
}

/** A step with the time it took, in milliseconds; the last one is still running. */
export interface Step {
  name: string;
  started: number;
  took?: number;
}

/** A build as the panel shows it. */
export interface View {
  name: string;
  percent: number;
  steps: Step[];
  lines: string[];
  ended?: Build;
}

const MAX_LINES = 5000;

/** Adds what a notification brings to what is shown. */
export function extend(view: View, log: BuildLog, now: number): View {
  const dropped = log.dropped ? [`… ${log.dropped} lines left out`] : [];
  const lines = [...view.lines, ...dropped, ...log.lines].slice(-MAX_LINES);
  const steps = stepsAfter(view.steps, log, now);
  return { ...view, percent: log.ended ? 100 : log.percent, lines, steps, ...(log.ended ? { ended: log.ended } : {}) };
}

function stepsAfter(steps: Step[], log: BuildLog, now: number): Step[] {
  const last = steps.at(-1);
  const begins = log.step !== undefined && log.step !== last?.name;
  if (!begins && !log.ended) {
    return steps;
  }
  const closed = last && last.took === undefined ? [...steps.slice(0, -1), { ...last, took: now - last.started }] : steps;
  return begins && !log.ended ? [...closed, { name: log.step!, started: now }] : closed;
}
