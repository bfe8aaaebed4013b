import type { RunHistory } from '#domain/engine-api.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { Line, LogLine, MetricLine } from '#domain/lines.ts';
import type { SourceFile } from '#domain/records.ts';
import { foldRunBatch, foldRunEvents, type RunView } from '#domain/run-view.ts';

/** A run as the page holds it: history and live feed in one, folded. */
export interface FollowedRun {
  readonly id: FlowRunId;
  readonly view: RunView;
  readonly events: readonly NightshiftEvent[];
  readonly logs: readonly LogLine[];
  /** Lines from before those, which were not loaded. */
  readonly earlierLines: number;
  readonly metrics: readonly MetricLine[];
  readonly files: readonly SourceFile[];
}

/** What the feed brought since the last frame. */
export interface Batch {
  readonly events: readonly NightshiftEvent[];
  readonly lines: readonly Line[];
}

/** Undefined when the history has no beginning: nothing can be folded from it. */
export function followedRun(history: RunHistory): FollowedRun | undefined {
  const view = foldRunEvents(history.events);
  if (!view) return undefined;
  const { logs, metrics } = parted(history.lines);
  return {
    id: history.record.id,
    view,
    events: history.events,
    logs,
    earlierLines: history.earlierLines ?? 0,
    metrics,
    files: history.files,
  };
}

export function take(run: FollowedRun, batch: Batch): FollowedRun {
  const fresh = batch.events.filter((event) => event.seq > run.view.lastSeq);
  const { logs, metrics } = parted(batch.lines);
  return {
    ...run,
    view: foldRunBatch(run.view, fresh) ?? run.view,
    events: joined(run.events, fresh),
    logs: joined(run.logs, logs),
    metrics: joined(run.metrics, metrics),
  };
}

/**
 * Lines have no number of their own, and a history may hold some that the feed brings as well, before or after it: of
 * equal lines as many are left out as the history has.
 */
export function missingFrom(
  history: readonly Line[],
): (arrived: readonly Line[]) => readonly Line[] {
  const lastAt = history.reduce((last, { at }) => Math.max(last, at), -Infinity);
  const known = new Map<string, number>();
  let knownFrom = Infinity;
  // What arrives is recent: of a long history only the end is looked at.
  const lookBack = (to: number): void => {
    for (const line of history)
      if (line.at >= to && line.at < knownFrom)
        known.set(keyOf(line), (known.get(keyOf(line)) ?? 0) + 1);
    knownFrom = to;
  };
  const isMissing = (line: Line): boolean => {
    if (line.at > lastAt) return true;
    if (line.at < knownFrom) lookBack(line.at);
    const left = known.get(keyOf(line)) ?? 0;
    known.set(keyOf(line), left - 1);
    return left <= 0;
  };
  return (arrived) => arrived.filter(isMissing);
}

/**
 * The curve of the newest attempt of the newest training; what earlier attempts drew before the point at which it
 * resumed stays.
 */
export function trainingPoints(metrics: readonly MetricLine[]): readonly MetricLine[] {
  const points = metrics.filter((metric) => metric.series === 'training');
  const last = points.at(-1);
  if (!last) return points;
  const sameTask = points.filter((point) => point.taskRunId === last.taskRunId);
  const newest = sameTask.filter((point) => point.attempt === last.attempt);
  const resumedAt = newest[0]?.step ?? 0;
  const kept = new Map(
    sameTask.filter((point) => point.step < resumedAt).map((point) => [point.step, point]),
  );
  return [...kept.values(), ...newest];
}

export const evaluationOf = (metrics: readonly MetricLine[]): MetricLine | undefined =>
  metrics.findLast((metric) => metric.series === 'evaluation');

function parted(lines: readonly Line[]) {
  const logs: LogLine[] = [];
  const metrics: MetricLine[] = [];
  for (const line of lines)
    if (line.kind === 'log') logs.push(line);
    else metrics.push(line);
  return { logs, metrics };
}

const joined = <T>(old: readonly T[], fresh: readonly T[]): readonly T[] =>
  fresh.length === 0 ? old : [...old, ...fresh];

function keyOf(line: Line): string {
  const said =
    line.kind === 'log' ? [line.level, line.logger, line.message] : [line.series, line.step];
  return JSON.stringify([line.kind, line.at, line.taskRunId, line.attempt, line.ordinal, ...said]);
}
