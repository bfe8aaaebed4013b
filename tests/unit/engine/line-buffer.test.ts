import { beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '#domain/lines.ts';
import { StorageFull, type Store } from '#domain/store.ts';
import { LineBuffer } from '#engine/line-buffer.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { FLOW_RUN, SOME_TIME } from '#tests/support/builders.ts';
import { RecordingFeed } from '#tests/support/small-ports.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';

let clock: VirtualClock;
let store: Store;
let feed: RecordingFeed;
let commits: number;
let buffer: LineBuffer;

const line = (number: number): LogLine => ({
  kind: 'log',
  level: 'INFO',
  logger: 'x',
  message: String(number),
  at: SOME_TIME,
});
const push = (count: number, from = 0) => {
  for (let i = from; i < from + count; i++) buffer.push(line(i));
};
const kept = async () =>
  (await store.linesOf(FLOW_RUN)).map(({ chunk, lines }) => ({
    chunk,
    lines: lines.map((line) => (line.kind === 'log' ? Number(line.message) : -1)),
  }));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

beforeEach(() => {
  clock = new VirtualClock(SOME_TIME);
  store = createMemoryStore();
  feed = new RecordingFeed();
  commits = 0;
  const counted: Store = {
    ...store,
    commit: (...args) => {
      commits++;
      return store.commit(...args);
    },
  };
  buffer = new LineBuffer({ clock, feed, store: counted }, FLOW_RUN);
});

describe('lines', () => {
  it('are shown at once', () => {
    push(2);
    expect(feed.lines).toHaveLength(2);
    expect(commits).toBe(0);
  });

  it('are kept after 250 ms', async () => {
    push(2);
    await clock.advance(249);
    expect(await kept()).toEqual([]);
    await clock.advance(1);
    expect(await kept()).toEqual([{ chunk: 0, lines: [0, 1] }]);
    expect(clock.next).toBeUndefined();
  });

  it('are kept with the next commit, which needs no second one', async () => {
    push(2);
    await store.commit(buffer.take());
    await clock.advance(1000);
    expect(await kept()).toEqual([{ chunk: 0, lines: [0, 1] }]);
    expect(commits).toBe(0);
    expect(buffer.take()).toEqual([]);
  });

  it('fill one chunk after the other, 100 in each', async () => {
    push(30);
    await clock.advance(250);
    push(60, 30);
    await clock.advance(250);
    push(130, 90);
    await clock.advance(250);
    expect(await kept()).toEqual([
      { chunk: 0, lines: range(0, 100) },
      { chunk: 1, lines: range(100, 200) },
      { chunk: 2, lines: range(200, 220) },
    ]);
  });

  it('are kept every 100 without waiting', async () => {
    push(100);
    await clock.settle();
    expect((await kept())[0]?.lines).toHaveLength(100);
    expect(commits).toBe(1);
  });

  it('go on in the chunk that an interrupted run left open', async () => {
    const position = {
      lastSeq: 0,
      bodyLines: 0,
      taskRunNames: new Map(),
      lineChunk: 3,
      chunkLines: [line(0)],
    };
    buffer = new LineBuffer({ clock, feed, store }, FLOW_RUN, position);
    push(100, 1);
    await clock.advance(250);
    expect(await kept()).toEqual([
      { chunk: 3, lines: range(0, 100) },
      { chunk: 4, lines: [100] },
    ]);
  });

  it('are as many as fit, and whoever has more waits until they are kept', async () => {
    const releases: (() => void)[] = [];
    const slow: Store = {
      ...store,
      commit: async (...args) => {
        await new Promise<void>((resolve) => releases.push(resolve));
        return store.commit(...args);
      },
    };
    buffer = new LineBuffer({ clock, feed, store: slow }, FLOW_RUN);
    push(50);
    await buffer.room();
    push(350, 50);
    let isRoom = false;
    const room = buffer.room().then(() => (isRoom = true));
    await clock.settle();
    expect(isRoom).toBe(false);
    for (const release of releases) release();
    await room;
    expect((await kept()).flatMap(({ lines }) => lines)).toEqual(range(0, 400));
  });

  it('of a full store are lost without an exception', async () => {
    const full: Store = {
      ...store,
      commit: async () => {
        throw new StorageFull('no room');
      },
    };
    buffer = new LineBuffer({ clock, feed, store: full }, FLOW_RUN);
    push(1);
    await clock.advance(250);
    expect(feed.lines).toHaveLength(1);
  });
});
