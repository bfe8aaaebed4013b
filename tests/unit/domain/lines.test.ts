import { expect, test } from 'vitest';
import { formatLogLine, formatTime, type LogLine } from '#domain/lines.ts';

const at = Date.parse('2026-11-02T14:32:01.245Z');
const line: LogLine = {
  kind: 'log',
  at,
  level: 'INFO',
  logger: 'nightshift.engine',
  message: "Created flow run 'splendid-otter' for flow 'retrain-sentiment'",
};

test('a log line reads like those of the tutorial', () => {
  expect(formatLogLine(line, 0)).toBe(
    "14:32:01.245 | INFO    | nightshift.engine - Created flow run 'splendid-otter' for flow 'retrain-sentiment'",
  );
  const error: LogLine = {
    ...line,
    level: 'WARNING',
    logger: "Task run 'extract-0'",
    message: 'x',
  };
  expect(formatLogLine(error, 0)).toBe("14:32:01.245 | WARNING | Task run 'extract-0' - x");
});

test('a line tells the time of its reader', () => {
  expect(formatTime(at, 60)).toBe('15:32:01.245');
  expect(formatTime(at, -15 * 60)).toBe('23:32:01.245');
});
