import type { LogLevel, LogLine, MetricLine } from '#domain/lines.ts';
import { idOf, START } from '#tests/unit/ui/run-builder.ts';
import { TASKS } from '#tests/unit/ui/run-examples.ts';

const said = (
  at: number,
  message: string,
  name?: string,
  attempt = 1,
  level: LogLevel = 'INFO',
): LogLine => ({
  kind: 'log',
  at: START + at,
  level,
  message,
  logger: name === undefined ? "Flow run 'splendid-otter'" : `Task run '${name}-0'`,
  ...(name === undefined ? {} : { taskRunId: idOf(name), attempt }),
});

const retryLine = (retry: number) =>
  `Task run failed with exception: Error('source unavailable') - Retry ${retry}/2 will start 5 second(s) from now`;

export const LINES: readonly LogLine[] = [
  {
    ...said(0, "Created flow run 'splendid-otter' for flow 'retrain-sentiment'"),
    logger: 'nightshift.engine',
  },
  said(400, retryLine(1), 'extract', 1),
  said(5680, retryLine(2), 'extract', 2),
  said(10_890, 'Finished in state Completed()', 'extract', 3),
  said(10_990, 'iteration 12 of 30: held-out loss rose twice in a row', 'train', 1, 'WARNING'),
  said(11_158, 'Finished in state Completed()', 'train'),
  said(11_184, 'Finished in state Completed()', 'evaluate'),
  said(11_206, 'Finished in state Promoted(type=COMPLETED)', 'promote'),
  said(11_210, 'promoted (acc=0.928)'),
  said(11_212, 'Finished in state Completed()'),
];

export const TASK_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  TASKS.map((name) => [idOf(name), name]),
);

export const CURVE: readonly MetricLine[] = Array.from({ length: 30 }, (_, i) => ({
  kind: 'metric',
  at: START + 10_900 + i * 8,
  taskRunId: idOf('train'),
  attempt: 1,
  series: 'training',
  step: i + 1,
  values: {
    loss: 0.1 + 0.58 * Math.exp(-i / 7),
    heldOutLoss: 0.24 + 0.42 * Math.exp(-i / 6) + 0.0015 * i,
    heldOutAccuracy: 0.93 - 0.35 * Math.exp(-i / 5),
  },
}));
