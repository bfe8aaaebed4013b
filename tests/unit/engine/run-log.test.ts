import { describe, expect, it } from 'vitest';
import type { LogLine } from '#domain/lines.ts';
import { MOST_AUTHOR_LINES, RunLog } from '#engine/run-log.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { FLOW_RUN, SOME_TIME } from '#tests/support/builders.ts';
import { RecordingFeed } from '#tests/support/small-ports.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';

const line = (ordinal: number): LogLine & { readonly ordinal: number } => ({
  kind: 'log',
  level: 'INFO',
  logger: 'x',
  message: String(ordinal),
  at: SOME_TIME,
  ordinal,
});
const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => line(from + i));

function someLog(kept = 0) {
  const feed = new RecordingFeed();
  const ports = { store: createMemoryStore(), clock: new VirtualClock(SOME_TIME), feed };
  const run = { id: FLOW_RUN, name: 'splendid-otter', flowName: 'retrain' };
  const taskRunNames = new Map<never, never>();
  const position = {
    lastSeq: 0,
    bodyLines: 0,
    lineChunk: 0,
    chunkLines: [],
    lines: kept,
    taskRunNames,
  };
  const log = new RunLog(ports, run, position);
  const said = () => feed.lines.map((one) => (one.kind === 'log' ? one.message : ''));
  return { log, said };
}

describe('the lines of author code', () => {
  it('are kept up to a hundred thousand; what is dropped is said at once, and how many at the end', async () => {
    const { log, said } = someLog(MOST_AUTHOR_LINES - 3);
    await log.authorLines(lines(0, 2));
    await log.authorLines(lines(2, 4));
    await log.authorLines(lines(6, 10));
    log.say('INFO', 'the engine still speaks');
    log.tellDropped();
    expect(said()).toEqual([
      '0',
      '1',
      '2',
      'The code of this run said more than 100,000 lines. What follows is dropped and counted.',
      'the engine still speaks',
      'The code of this run said more than 100,000 lines: 13 were dropped',
    ]);
  });

  it('of a body that is replayed are said once', async () => {
    const { log, said } = someLog();
    await log.bodyLines(lines(0, 3));
    await log.bodyLines(lines(0, 5));
    expect(said()).toEqual(['0', '1', '2', '3', '4']);
  });

  it('that are few say nothing of lines that were dropped', () => {
    const { log, said } = someLog();
    log.tellDropped();
    expect(said()).toEqual([]);
  });
});
