import type { RunView, TaskRunView } from '#domain/run-view.ts';
import { axisTicks, roundedEnd, type Tick } from './axis.ts';
import { idleGaps, type Gap } from './idle.ts';
import { coarse, duration } from './numbers.ts';
import { MOST_TASK_RUNS, shownTaskRuns } from './shown-task-runs.ts';
import { timeScale, type TimeScale } from './time-scale.ts';
import {
  extent,
  minimumsOf,
  OUTLINE,
  rowsOf,
  type Extent,
  type Row,
  type Selection,
} from './timeline-rows.ts';

export type { Bar, Extent, Row, Selection } from './timeline-rows.ts';

export interface Break extends Extent {
  readonly key: string;
  readonly open: boolean;
  readonly asleep: boolean;
  readonly label: string;
  /** The label as far as there is room for it. */
  readonly short: string;
}

export interface TimelineLayout {
  readonly width: number;
  readonly rows: readonly Row[];
  readonly ticks: readonly Tick[];
  readonly breaks: readonly Break[];
  /** Those that have rows. */
  readonly taskRuns: readonly TaskRunView[];
  /** `9,900 more of noop`: what has none, because there are too many; empty otherwise. */
  readonly more: string;
  /** Px of `now` while the run is live. */
  readonly now?: number;
  /** Px of an instant, absent when it lies outside the run. */
  at(time: number): number | undefined;
}

export interface TimelineInput {
  readonly view: RunView | undefined;
  readonly tasks: readonly string[];
  readonly now: number;
  readonly live: boolean;
  /** Px of the track on the screen. */
  readonly width: number;
  readonly zoom: number;
  /** Keys of breaks that are toggled open. */
  readonly open: ReadonlySet<string>;
  /** Has a row however many there are. */
  readonly selected?: Selection | undefined;
}

const LEAST_LIVE_MS = 2000;
const FULL_LABEL_PX = 124;

export function layoutTimeline(input: TimelineInput): TimelineLayout {
  const { view } = input;
  if (!view) return emptyTimeline(input.tasks, input.width);
  const { taskRuns, more } = shownTaskRuns(view, input.selected);
  const tasks = namesWithRows(view, taskRuns, input.tasks);
  const reached = input.live ? Math.max(input.now, view.lastAt) : (view.endedAt ?? view.lastAt);
  const gaps = idleGaps(view, reached);
  const span = spanOf(input, view, reached, gaps);
  const closed = gaps.filter((gap) => !input.open.has(keyOf(gap)));
  const scale = timeScale({
    ...span,
    width: Math.max(1, input.width - OUTLINE * (tasks.notStarted ? 1 : 0)) * input.zoom,
    minimums: taskRuns.flatMap((taskRun) => minimumsOf(view, taskRun, reached)),
    collapsed: closed.map((gap) => ({ ...gap, px: breakWidth(input.width) })),
  });
  const place = { view, taskRuns, scale, reached, live: input.live };
  return {
    width: Math.max(scale.width, input.width),
    rows: rowsOf(place, tasks.names),
    ticks: axisTicks(scale, span, closed),
    breaks: gaps.map((gap) => breakOf(gap, scale, input.open.has(keyOf(gap)))),
    taskRuns,
    more,
    ...(input.live ? { now: scale.at(reached) } : {}),
    at: (time) => (time < span.from || time > span.to ? undefined : scale.at(time)),
  };
}

/** Tasks with rows: those whose task runs are shown, and of those asked for the ones that have none yet. */
function namesWithRows(
  view: RunView,
  taskRuns: readonly TaskRunView[],
  asked: readonly string[],
): { readonly names: readonly string[]; readonly notStarted: boolean } {
  const started = new Set(view.taskRuns.map(({ taskName }) => taskName));
  const shown = new Set(taskRuns.map(({ taskName }) => taskName));
  const names = asked.filter((name) => shown.has(name) || !started.has(name));
  return {
    names: names.slice(0, MOST_TASK_RUNS),
    notStarted: names.some((name) => !started.has(name)),
  };
}

function emptyTimeline(tasks: readonly string[], width: number): TimelineLayout {
  const outline = { left: 0, width: OUTLINE, word: 'Not started' };
  const rows = tasks
    .slice(0, MOST_TASK_RUNS)
    .map((name) => ({ key: name, name, bars: [], waits: [], outline }));
  return { width, rows, ticks: [], breaks: [], taskRuns: [], more: '', at: () => undefined };
}

function spanOf(input: TimelineInput, view: RunView, reached: number, gaps: readonly Gap[]) {
  const from = view.createdAt;
  const end = input.live ? Math.max(reached, from + LEAST_LIVE_MS, lastDue(view)) : reached;
  const ms = Math.max(end - from, 1);
  return { from, to: from + (gaps.length > 0 ? ms : roundedEnd(ms, input.width, input.live)) };
}

function lastDue({ taskRuns }: RunView): number {
  let last = -Infinity;
  for (const { waits } of taskRuns)
    for (const { endedAt, until } of waits) if (endedAt === undefined && until > last) last = until;
  return last;
}

function breakOf(gap: Gap, scale: TimeScale, open: boolean): Break {
  const place = extent(scale, gap.from, gap.to);
  const how = gap.asleep ? 'asleep' : gap.paused ? 'paused' : 'idle';
  const label = `${duration(gap.to - gap.from)} ${how}`;
  const short = place.width < FULL_LABEL_PX ? coarse(gap.to - gap.from) : label;
  return { key: keyOf(gap), open, asleep: gap.asleep, label, short, ...place };
}

const keyOf = (gap: Gap): string => `gap-${gap.from}`;

const breakWidth = (width: number): number => Math.max(72, Math.min(132, width * 0.2));
