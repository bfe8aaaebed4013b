import type { LogLine, MetricLine } from '#domain/lines.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import { foldRunBatch, type RunView } from '#domain/run-view.ts';
import type { FollowedRun } from './followed-run.ts';

/** A finished run, of which any instant is found. Of a long one not every view is kept: between two, events are folded. */
export interface Recording {
  /** In order, from the one that created it. */
  readonly events: readonly NightshiftEvent[];
  /** The view after each `KEYFRAME_EVENTS` of them, the first after one. */
  readonly keyframes: readonly RunView[];
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

/** So few events are folded for any instant, and so few views are kept of the longest run. */
const KEYFRAME_EVENTS = 256;

export function recordingOf(run: FollowedRun): Recording {
  const start = run.events.findIndex(({ body }) => body.kind === 'flow-run.created');
  const events = run.events.slice(Math.max(0, start));
  return {
    events,
    keyframes: keyframesOf(events),
    logs: byTime(run.logs),
    metrics: byTime(run.metrics),
    startsAt: run.view.createdAt,
    endsAt: Math.max(run.view.lastAt, run.view.endedAt ?? 0),
  };
}

function keyframesOf(events: readonly NightshiftEvent[]): readonly RunView[] {
  const keyframes: RunView[] = [];
  for (let from = 0; from < events.length; from += KEYFRAME_EVENTS) {
    const since = Math.max(0, from - KEYFRAME_EVENTS + 1);
    const view = foldRunBatch(keyframes.at(-1), events.slice(since, from + 1));
    if (view) keyframes.push(view);
  }
  return keyframes;
}

/** The one that was asked for last, so that a frame in which nothing happened is the same view. */
const SHOWN = new WeakMap<Recording, { readonly count: number; readonly view?: RunView }>();

/** The view after so many events, at least one. */
function viewAfter(recording: Recording, count: number): RunView | undefined {
  const shown = SHOWN.get(recording);
  if (shown?.count === count) return shown.view;
  const { events, keyframes } = recording;
  const frame = Math.floor((count - 1) / KEYFRAME_EVENTS);
  const view = foldRunBatch(keyframes[frame], events.slice(frame * KEYFRAME_EVENTS + 1, count));
  SHOWN.set(recording, view ? { count, view } : { count });
  return view;
}

/** What was known at the playhead (milliseconds since the epoch). */
export function frameAt(recording: Recording, playhead: number): Frame | undefined {
  const view = viewAfter(recording, Math.max(1, countUntil(recording.events, playhead)));
  return (
    view && {
      view,
      logs: recording.logs.slice(0, countUntil(recording.logs, playhead)),
      metrics: recording.metrics.slice(0, countUntil(recording.metrics, playhead)),
    }
  );
}

/** The instant of the next (`1`) or previous (`-1`) change of state; the end when there is none. */
export function nextChange(recording: Recording, playhead: number, direction: 1 | -1): number {
  const { events } = recording;
  if (direction === 1) return events.find(({ at }) => at > playhead)?.at ?? recording.endsAt;
  return events.findLast(({ at }) => at < playhead - 1)?.at ?? recording.startsAt;
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
