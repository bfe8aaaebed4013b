import type { RunView } from '#domain/run-view.ts';
import { axisTicks, roundedEnd, type Tick } from './axis.ts';
import { idleGaps, type Gap } from './idle.ts';
import { coarse, duration } from './numbers.ts';
import { timeScale, type TimeScale } from './time-scale.ts';
import { extent, minimumsOf, OUTLINE, rowsOf, type Extent, type Row } from './timeline-rows.ts';

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
}

const LEAST_LIVE_MS = 2000;
const FULL_LABEL_PX = 124;

export function layoutTimeline(input: TimelineInput): TimelineLayout {
  const { view, tasks } = input;
  if (!view) return emptyTimeline(tasks, input.width);
  const reached = input.live ? Math.max(input.now, view.lastAt) : (view.endedAt ?? view.lastAt);
  const gaps = idleGaps(view, reached);
  const span = spanOf(input, view, reached, gaps);
  const closed = gaps.filter((gap) => !input.open.has(keyOf(gap)));
  const scale = timeScale({
    ...span,
    width: Math.max(1, input.width - OUTLINE * (needsTail(view, tasks) ? 1 : 0)) * input.zoom,
    minimums: view.taskRuns.flatMap((taskRun) => minimumsOf(view, taskRun, reached)),
    collapsed: closed.map((gap) => ({ ...gap, px: breakWidth(input.width) })),
  });
  const place = { view, scale, reached, live: input.live };
  return {
    width: Math.max(scale.width, input.width),
    rows: rowsOf(place, tasks),
    ticks: axisTicks(scale, span, closed),
    breaks: gaps.map((gap) => breakOf(gap, scale, input.open.has(keyOf(gap)))),
    ...(input.live ? { now: scale.at(reached) } : {}),
    at: (time) => (time < span.from || time > span.to ? undefined : scale.at(time)),
  };
}

function emptyTimeline(tasks: readonly string[], width: number): TimelineLayout {
  const outline = { left: 0, width: OUTLINE, word: 'Not started' };
  const rows = tasks.map((name) => ({ key: name, name, bars: [], waits: [], outline }));
  return { width, rows, ticks: [], breaks: [], at: () => undefined };
}

function spanOf(input: TimelineInput, view: RunView, reached: number, gaps: readonly Gap[]) {
  const from = view.createdAt;
  const due = view.taskRuns.flatMap(({ waits }) =>
    waits.filter((wait) => wait.endedAt === undefined).map((wait) => wait.until),
  );
  const end = input.live ? Math.max(reached, from + LEAST_LIVE_MS, ...due) : reached;
  const ms = Math.max(end - from, 1);
  return { from, to: from + (gaps.length > 0 ? ms : roundedEnd(ms, input.width, input.live)) };
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

const needsTail = (view: RunView, tasks: readonly string[]): boolean =>
  tasks.some((name) => !view.taskRuns.some(({ taskName }) => taskName === name));
