import type { LogLine, MetricLine } from '#domain/lines.ts';
import { foldRun, type RunView } from '#domain/run-view.ts';
import type { FollowedRun } from './followed-run.ts';

/** A finished run with the view after each of its events: any instant of it is found, none is computed twice. */
export interface Recording {
  readonly moments: readonly { readonly at: number; readonly view: RunView }[];
  /** Both in order of time. */
  readonly logs: readonly LogLine[];
  readonly metrics: readonly MetricLine[];
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface Frame {
  readonly view: RunView;
  readonly logs: readonly LogLine[];
  readonly metrics: readonly MetricLine[];
}

export function recordingOf(run: FollowedRun): Recording {
  const moments: { at: number; view: RunView }[] = [];
  for (const event of run.events) {
    const view = foldRun(moments.at(-1)?.view, event);
    if (view) moments.push({ at: event.at, view });
  }
  return {
    moments,
    logs: byTime(run.logs),
    metrics: byTime(run.metrics),
    startsAt: run.view.createdAt,
    endsAt: Math.max(run.view.lastAt, run.view.endedAt ?? 0),
  };
}

/** What was known at the playhead (milliseconds since the epoch). */
export function frameAt(recording: Recording, playhead: number): Frame | undefined {
  const moment = recording.moments[Math.max(1, countUntil(recording.moments, playhead)) - 1];
  return (
    moment && {
      view: moment.view,
      logs: recording.logs.slice(0, countUntil(recording.logs, playhead)),
      metrics: recording.metrics.slice(0, countUntil(recording.metrics, playhead)),
    }
  );
}

/** The instant of the next (`1`) or previous (`-1`) change of state; the end when there is none. */
export function nextChange(recording: Recording, playhead: number, direction: 1 | -1): number {
  const times = recording.moments.map((moment) => moment.at);
  const found =
    direction === 1 ? times.find((at) => at > playhead) : times.findLast((at) => at < playhead - 1);
  return found ?? (direction === 1 ? recording.endsAt : recording.startsAt);
}

/** How many entries are not after `at`; they are in order of time. */
function countUntil(entries: readonly { readonly at: number }[], at: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const byTime = <T extends { readonly at: number }>(entries: readonly T[]): readonly T[] =>
  [...entries].sort((one, other) => one.at - other.at);
