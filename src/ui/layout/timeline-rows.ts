import type { AttemptView, RunView, TaskRunView, WaitView } from '#domain/run-view.ts';
import { isTerminal } from '#domain/states.ts';
import { lastSignOf } from './idle.ts';
import { countdown, percent } from './numbers.ts';
import { stateLook, type StateLook } from './state-look.ts';
import type { Stretch, TimeScale } from './time-scale.ts';
import { attemptSentence, attemptState, reusedFrom } from './words.ts';

export interface Selection {
  readonly taskRunId: string;
  readonly attempt: number;
}

/** Left edge and width in px. */
export interface Extent {
  readonly left: number;
  readonly width: number;
}

export interface Bar extends Extent {
  readonly key: string;
  readonly selection: Selection;
  readonly look: StateLook;
  /** A gate's attempt is a diamond: filled when it promoted. */
  readonly diamond?: 'filled' | 'hollow';
  readonly live: boolean;
  /** What a pointer can hit: at least 24 px wide. */
  readonly hit: Extent;
  readonly label: string;
  /** `resumed at 40 %`: written after the bar, or in it where there is no room left. */
  readonly note?: { readonly text: string; readonly inside: boolean };
}

export interface Wait extends Extent {
  readonly key: string;
  /** Time left while waiting. */
  readonly countdown?: string;
}

export interface Row {
  readonly key: string;
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly waits: readonly Wait[];
  /** Asked for, not begun. */
  readonly queue?: Extent;
  /** Nothing yet, or nothing ever: a dotted outline with a word. */
  readonly outline?: Extent & { readonly word: string; readonly note?: string };
}

export const MIN_BAR = 10;
export const MIN_TARGET = 24;
/** Width of the dotted outline of what has not started. */
export const OUTLINE = 26;

export interface Place {
  readonly view: RunView;
  /** Those that have rows. */
  readonly taskRuns: readonly TaskRunView[];
  readonly scale: TimeScale;
  readonly reached: number;
  readonly live: boolean;
}

export function rowsOf(place: Place, tasks: readonly string[]): readonly Row[] {
  const names = [...new Set([...tasks, ...place.taskRuns.map(({ taskName }) => taskName)])];
  return names.flatMap((name) => {
    const taskRuns = place.taskRuns.filter(({ taskName }) => taskName === name);
    if (taskRuns.length === 0) return [notStartedRow(place, name)];
    return taskRuns.map((taskRun) => rowOf(place, taskRun, taskRuns.length > 1));
  });
}

function notStartedRow({ view, scale, reached }: Place, name: string): Row {
  const outline = {
    left: scale.at(reached) + 8,
    width: OUTLINE - 8,
    word: isTerminal(view.state) ? 'Never started' : 'Not started',
  };
  return { key: name, name, bars: [], waits: [], outline };
}

function rowOf(place: Place, taskRun: TaskRunView, many: boolean): Row {
  const first = taskRun.attempts[0]?.startedAt;
  const reused = reusedFrom(taskRun);
  const queue = extent(place.scale, taskRun.createdAt, first ?? taskRun.endedAt ?? place.reached);
  return {
    key: taskRun.id,
    name: many ? taskRun.name : taskRun.taskName,
    bars: barsOf(place, taskRun),
    waits: taskRun.waits.map((wait) => waitOf(place, wait, taskRun)),
    ...(queue.width > 2 ? { queue } : {}),
    ...(first === undefined && isTerminal(taskRun.state)
      ? {
          outline: {
            left: queue.left + queue.width + 4,
            width: OUTLINE,
            word: stateLook(taskRun.state).word,
            ...(reused ? { note: `reused from ${reused.flowRunName}` } : {}),
          },
        }
      : {}),
  };
}

function barsOf(place: Place, taskRun: TaskRunView): readonly Bar[] {
  const bars = taskRun.attempts.map((attempt) => barOf(place, taskRun, attempt));
  return bars.map((bar, i) => ({
    ...bar,
    hit: hitArea(bar, bars[i + 1]),
    ...noteOf(taskRun.attempts[i], bar, (bars[i + 1]?.left ?? place.scale.width) - bar.left),
  }));
}

function barOf(
  place: Place,
  taskRun: TaskRunView,
  attempt: AttemptView,
): Omit<Bar, 'hit' | 'note'> {
  const { view, scale, reached, live } = place;
  const to = attempt.endedAt === undefined ? reached : lastSignOf(view, attempt);
  const diamond = diamondOf(view, taskRun, attempt);
  return {
    key: `${taskRun.id}#${attempt.number}`,
    selection: { taskRunId: taskRun.id, attempt: attempt.number },
    ...extent(scale, attempt.startedAt, Math.max(to, attempt.startedAt + 1)),
    look: stateLook(attemptState(taskRun, attempt)),
    live: live && attempt.endedAt === undefined,
    label: attemptSentence(taskRun, attempt, reached),
    ...(diamond ? { diamond } : {}),
  };
}

function diamondOf(view: RunView, taskRun: TaskRunView, attempt: AttemptView): Bar['diamond'] {
  const decided = view.verdict;
  if (!decided || decided.taskRunId !== taskRun.id) return undefined;
  const within = attempt.startedAt <= decided.at && decided.at <= (attempt.endedAt ?? decided.at);
  return within ? (decided.verdict.promoted ? 'filled' : 'hollow') : undefined;
}

const NOTE_PX = 116;

/** `room` is from the bar's left edge to whatever comes next. */
function noteOf(attempt: AttemptView | undefined, bar: Extent, room: number): Pick<Bar, 'note'> {
  if (attempt?.resumesAt === undefined) return {};
  const fits = room - bar.width >= NOTE_PX;
  if (!fits && bar.width < NOTE_PX) return {};
  return { note: { text: `resumed at ${percent(attempt.resumesAt)}`, inside: !fits } };
}

function waitOf({ scale, reached }: Place, wait: WaitView, taskRun: TaskRunView): Wait {
  const open = wait.endedAt === undefined && !isTerminal(taskRun.state);
  const to = Math.min(wait.until, wait.endedAt ?? wait.until);
  return {
    key: `${taskRun.id}~${wait.afterAttempt}`,
    ...extent(scale, wait.from, to),
    ...(open ? { countdown: countdown(wait.until - reached) } : {}),
  };
}

/** Widened to a finger's or a pointer's size, but never into the next bar's area. */
function hitArea(bar: Extent, next: Extent | undefined): Extent {
  const margin = (MIN_TARGET - MIN_BAR) / 2;
  const left = bar.left - margin;
  const right = Math.max(bar.left + bar.width + margin, left + MIN_TARGET);
  return { left, width: Math.min(right, next ? next.left - margin : right) - left };
}

/** An attempt is at least `MIN_BAR` wide, and the next one of its row begins at least `MIN_TARGET` later. */
export function minimumsOf(
  view: RunView,
  taskRun: TaskRunView,
  reached: number,
): readonly Stretch[] {
  return taskRun.attempts.flatMap((attempt, i) => {
    const from = attempt.startedAt;
    const to = attempt.endedAt === undefined ? reached : lastSignOf(view, attempt);
    const next = taskRun.attempts[i + 1]?.startedAt;
    const bar = { from, to: Math.max(to, from + 1), px: MIN_BAR };
    return next === undefined
      ? [bar]
      : [bar, { from, to: Math.max(next, from + 1), px: MIN_TARGET + 2 }];
  });
}

export function extent(scale: TimeScale, from: number, to: number): Extent {
  const left = scale.at(from);
  return { left, width: Math.max(0, scale.at(to) - left) };
}
