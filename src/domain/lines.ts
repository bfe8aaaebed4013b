import type { TaskRunId } from './ids.ts';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** Logs and metrics: shown at once, flushed every 100 lines or 250 ms and before the attempt's end commits. */
export type Line = LogLine | MetricLine;

interface LineOrigin {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent: said by or about the flow run. */
  readonly taskRunId?: TaskRunId;
  readonly attempt?: number;
  /** Counts what a flow body said within its flow attempt, so that a replay does not say it twice. */
  readonly ordinal?: number;
}

export interface LogLine extends LineOrigin {
  readonly kind: 'log';
  readonly level: LogLevel;
  /** `nightshift.engine`, `Flow run 'splendid-otter'`, `Task run 'extract-0'` */
  readonly logger: string;
  readonly message: string;
}

/** How the log names a flow run, and a task run. */
export const flowRunLogger = (name: string): string => `Flow run '${name}'`;
export const taskRunLogger = (name: string): string => `Task run '${name}'`;

/** One point of a training or evaluation series, e.g. iteration 12: loss 0.31, heldOutAccuracy 0.91. */
export interface MetricLine extends LineOrigin {
  readonly kind: 'metric';
  /** `training` (one point an iteration) or `evaluation` (one point). */
  readonly series: string;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** `14:32:01.245` in the zone given as minutes east of UTC. */
export function formatTime(at: number, offsetMinutes: number): string {
  return new Date(at + offsetMinutes * 60_000).toISOString().slice(11, 23);
}

/** `14:32:01.245 | INFO    | Task run 'extract-0' - Finished in state Completed()` */
export function formatLogLine(line: LogLine, offsetMinutes: number): string {
  const said = line.logger === 'nightshift.engine' ? 'nightshift.engine' : line.logger;
  return `${formatTime(line.at, offsetMinutes)} | ${line.level.padEnd(7)} | ${said} - ${line.message}`;
}
