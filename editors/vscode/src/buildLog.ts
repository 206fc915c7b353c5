// What the server says about builds (docs/protocol.md), and what is shown of it.

/** The notification with the log of a build, as it grows. */
export const BUILD_LOG = 'dhi-ls/buildLog';

export interface BuildLog {
  build: string;
  uri: string;
  percent: number;
  /** Steps that began or ended, as they stand now. */
  steps?: Step[];
  lines: string[];
  dropped?: number;
  ended?: Build;
}

/** A step. Its number and name together tell it from the others. */
export interface Step {
  number: number;
  name: string;
  state: 'running' | 'done' | 'cached' | 'failed';
  /** How long it took, once it has ended. */
  milliseconds?: number;
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
  loaded?: string;
  notes?: string[];
  next?: NextStep[];
  images?: Image[];
}

/** Something to do with the image, as a command for a shell. */
export interface NextStep {
  id: string;
  title: string;
  command: string;
  /** Docker's plug-in that is not installed. */
  needs?: string;
}

export interface Image {
  platform: string;
  digest: string;
  /** That of the compressed layers, in bytes. */
  size: number;
  packages?: unknown[];
}

/** Where a build failed. */
export interface Problem {
  /** From 0. */
  line: number;
  message: string;
  severity: 'error' | 'warning' | 'info';
}

/** A build as it is shown, without its lines. */
export interface View {
  uri: string;
  /** The file's name. */
  name: string;
  percent: number;
  /** Milliseconds since 1970. */
  began: number;
  took?: number;
  steps: Step[];
  ended?: Build;
}

/** The most lines that are kept of a log. */
export const MAX_LINES = 5000;

/** A build that has just begun. */
export function newView(uri: string, now: number): View {
  return { uri, name: decodeURIComponent(uri.split('/').at(-1) ?? uri), percent: 0, began: now, steps: [] };
}

/** Adds what a notification brings. */
export function extend(view: View, log: BuildLog, now: number): View {
  const steps = (log.steps ?? []).reduce(withStep, view.steps);
  if (!log.ended) {
    return { ...view, percent: log.percent, steps };
  }
  const stopped = steps.filter((s) => s.state !== 'running' || log.ended?.state === 'ok');
  return { ...view, percent: 100, took: now - view.began, steps: stopped, ended: log.ended };
}

function withStep(steps: Step[], latest: Step): Step[] {
  const known = steps.findIndex((s) => s.number === latest.number && s.name === latest.name);
  return known < 0 ? [...steps, latest] : steps.with(known, latest);
}

/** The lines of a notification, without the colours of terminals. */
export function linesOf(log: BuildLog): string[] {
  const dropped = log.dropped ? [`… ${log.dropped} lines left out`] : [];
  return [...dropped, ...log.lines.map(plain)];
}

// The escape sequences of ECMA-48 (CSI, OSC and the two-character ones), and
// what a line says before it is written over by a carriage return.
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-_])/g;

function plain(line: string): string {
  return line.replace(ESCAPES, '').replace(/\r+$/, '').replace(/^.*\r/, '');
}
