import type { LogLevel, LogLine } from '#domain/lines.ts';
import { rowsOf } from './log-rows.ts';

export interface LogFilter {
  /** As it is named in the list of tasks. */
  readonly task?: string;
  readonly attempt?: number;
  /** This level and what is graver. */
  readonly level?: LogLevel;
  readonly text?: string;
}

export interface LogIndexInput {
  readonly lines: readonly LogLine[];
  readonly taskNames: Readonly<Record<string, string>>;
  readonly filter: LogFilter;
  readonly columns: number;
}

/** Which lines are shown and at which row each begins. */
export interface LogIndex {
  readonly input: LogIndexInput;
  /** How many of the lines were looked at. */
  readonly seen: number;
  readonly last: LogLine | undefined;
  /** Positions in `lines`. */
  readonly shown: readonly number[];
  /** `tops[i]` is the first row of `shown[i]`. */
  readonly tops: readonly number[];
  readonly rows: number;
}

export const LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

/** Lines looked at in one go: a page with 100,000 lines must not stand still while they are filtered. */
export const LINES_AT_ONCE = 15_000;

/** The index of the lines, as far as one go reaches; when lines were only added since `previous`, it goes on from there. */
export function indexLines(previous: LogIndex | undefined, input: LogIndexInput): LogIndex {
  const kept = previous && continues(previous, input) ? previous : undefined;
  const shown = kept ? (kept.shown as number[]) : [];
  const tops = kept ? (kept.tops as number[]) : [];
  let rows = kept?.rows ?? 0;
  const test = lineTest(input);
  const end = Math.min(input.lines.length, (kept?.seen ?? 0) + LINES_AT_ONCE);
  for (let i = kept?.seen ?? 0; i < end; i++) {
    const line = input.lines[i];
    if (!line || !test(line)) continue;
    shown.push(i);
    tops.push(rows);
    rows += rowsOf(line, input.columns);
  }
  return { input, seen: end, last: input.lines[end - 1], shown, tops, rows };
}

function continues({ input: before, seen, last }: LogIndex, input: LogIndexInput): boolean {
  return (
    before.columns === input.columns &&
    sameFilter(before.filter, input.filter) &&
    (before.taskNames === input.taskNames || input.filter.task === undefined) &&
    seen <= input.lines.length &&
    input.lines[seen - 1] === last &&
    input.lines[0] === before.lines[0]
  );
}

const sameFilter = (a: LogFilter, b: LogFilter): boolean =>
  a.task === b.task && a.attempt === b.attempt && a.level === b.level && a.text === b.text;

export const isFiltered = ({ task, attempt, level, text }: LogFilter): boolean =>
  task !== undefined || attempt !== undefined || level !== undefined || Boolean(text);

function lineTest({ filter, taskNames }: LogIndexInput): (line: LogLine) => boolean {
  const least = filter.level ? LEVELS.indexOf(filter.level) : 0;
  const wanted = filter.text?.toLowerCase();
  return (line) =>
    (filter.task === undefined || taskNames[line.taskRunId ?? ''] === filter.task) &&
    (filter.attempt === undefined || line.attempt === filter.attempt) &&
    LEVELS.indexOf(line.level) >= least &&
    (!wanted || `${line.logger} - ${line.message}`.toLowerCase().includes(wanted));
}

export interface LogWindow {
  /** Positions in `shown`, end exclusive. */
  readonly from: number;
  readonly to: number;
  /** Row at which the first of them begins. */
  readonly top: number;
}

/** The lines to mount so that rows `first` to `last` (both inclusive) are covered. */
export function windowOf({ tops, shown }: LogIndex, first: number, last: number): LogWindow {
  const from = Math.max(0, firstAfter(tops, first) - 1);
  const to = Math.min(shown.length, firstAfter(tops, last));
  return { from, to, top: tops[from] ?? 0 };
}

/** How many of the lines shown came after the first `lines`. */
export const shownAfter = ({ shown }: LogIndex, lines: number): number =>
  shown.length - firstAfter(shown, lines - 1);

/** Position of the first number greater than `value`. */
function firstAfter(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
