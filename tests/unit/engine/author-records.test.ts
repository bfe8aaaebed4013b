import { describe, expect, it } from 'vitest';
import type { AuthorEvent, EventBody } from '#domain/events.ts';
import { runStream } from '#domain/ids.ts';
import type { Store, Write } from '#domain/store.ts';
import { AuthorRecords } from '#engine/author-records.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { artifact, event, FLOW_RUN, SOME_TIME, TASK_RUN } from '#tests/support/builders.ts';
import { sha256 } from '#tests/support/small-ports.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';

const BODY = { attempt: 1 };
const TASK = { taskRunId: TASK_RUN, attempt: 1 };

/** Over a run of which these were recorded before. */
async function recordsOver(
  before: readonly AuthorEvent[] = [],
  store: Store = createMemoryStore(),
) {
  let seq = 0;
  const log = {
    commit: (bodies: readonly EventBody[], writes: readonly Write[]) => {
      const events = bodies.map((body) => event({ seq: ++seq, body }));
      const told = events.map((record): Write => ({ store: 'events', op: 'add', record }));
      return store.commit([...writes, ...told]);
    },
  };
  await log.commit(before, []);
  const ports = { store, clock: new VirtualClock(SOME_TIME), hasher: sha256 };
  return { store, records: new AuthorRecords(ports, log, FLOW_RUN) };
}

const markdown = (ordinal: number, text = '# Report') =>
  ({
    method: 'artifact',
    ordinal,
    content: { type: 'markdown', markdown: text },
  }) as const;
const bar = { method: 'artifact', ordinal: 0, content: { type: 'progress', progress: 0 } } as const;
const update = (ordinal: number, progress: number, of = 0) =>
  ({ method: 'updateArtifact', ordinal, of, progress }) as const;

const saved = (number: number): AuthorEvent => ({
  kind: 'artifact.saved',
  number,
  type: 'markdown',
  attempt: 1,
  ordinal: number - 1,
});
const told = (ordinal: number): AuthorEvent => ({
  kind: 'author.event',
  name: 'again',
  attempt: 1,
  ordinal,
});

describe('what author code makes', () => {
  it('is numbered in the order in which it comes, whoever makes it', async () => {
    const { records, store } = await recordsOver();
    await Promise.all([
      records.answer(BODY, markdown(0, 'one')),
      records.answer(TASK, markdown(0, 'two')),
      records.answer({ ...TASK, attempt: 2 }, markdown(0, 'three')),
    ]);
    const kept = await store.artifactsOf(FLOW_RUN);
    expect(kept.map(({ number, content, attempt }) => [number, content, attempt])).toEqual([
      [1, { type: 'markdown', markdown: 'one' }, 1],
      [2, { type: 'markdown', markdown: 'two' }, 1],
      [3, { type: 'markdown', markdown: 'three' }, 2],
    ]);
  });

  it('is kept once, though the first is not durable yet when the same comes again', async () => {
    const { records, store } = await recordsOver();
    await Promise.all([
      records.answer(BODY, markdown(0, 'first')),
      records.answer(BODY, markdown(0, 'again')),
    ]);
    await records.answer(BODY, markdown(0, 'and again'));
    expect(await store.artifactsOf(FLOW_RUN)).toMatchObject([{ content: { markdown: 'first' } }]);
  });

  it('goes on from what engines before it recorded', async () => {
    const { records, store } = await recordsOver([saved(1), told(1)]);
    await records.answer(BODY, markdown(0));
    await records.answer(BODY, { method: 'emitEvent', ordinal: 1, name: 'again' });
    expect(await store.events(runStream(FLOW_RUN))).toHaveLength(2);
    await records.answer(BODY, markdown(2));
    expect((await store.artifactsOf(FLOW_RUN)).map(({ number }) => number)).toEqual([2]);
  });

  it('is updated in place, before it is durable and after', async () => {
    const { records, store } = await recordsOver();
    await Promise.all([records.answer(BODY, bar), records.answer(BODY, update(1, 10))]);
    await records.answer(BODY, update(2, 30));
    expect(await store.artifactsOf(FLOW_RUN)).toMatchObject([
      { number: 1, content: { type: 'progress', progress: 30 }, ordinal: 0 },
    ]);
  });

  it('is updated by an engine that did not make it', async () => {
    const store = createMemoryStore();
    const content = { type: 'progress', progress: 10 } as const;
    await store.commit([
      { store: 'artifacts', op: 'add', record: artifact({ content, key: 'bar' }) },
    ]);
    const { records } = await recordsOver(
      [{ ...saved(1), type: 'progress' } as AuthorEvent],
      store,
    );
    await records.answer(BODY, update(1, 60));
    expect(await store.artifactsOf(FLOW_RUN)).toMatchObject([
      { number: 1, key: 'bar', content: { progress: 60 } },
    ]);
  });

  it('is updated by its own attempt only, and only where it is a progress', async () => {
    const { records } = await recordsOver();
    await records.answer(BODY, bar);
    await records.answer(BODY, markdown(1));
    const refusal = 'This attempt made no progress artifact as its number';
    await expect(records.answer(TASK, update(0, 1))).rejects.toThrow(`${refusal} 0`);
    await expect(records.answer(BODY, update(2, 1, 1))).rejects.toThrow(`${refusal} 1`);
    await expect(records.answer(BODY, update(3, 1, 9))).rejects.toThrow(`${refusal} 9`);
    // What was refused is not in the way of what follows.
    await records.answer(BODY, update(4, 5));
  });

  it('ends at 1,000 artifacts of a run, and at 10,000 events', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => saved(i + 1));
    const full = await recordsOver(many);
    await expect(full.records.answer(BODY, markdown(1000))).rejects.toThrow(
      'This run has 1000 artifacts, and more are not kept.',
    );
    await full.records.answer(BODY, { method: 'emitEvent', ordinal: 1001, name: 'still' });
    const events = await recordsOver(Array.from({ length: 10_000 }, (_, i) => told(i)));
    await expect(
      events.records.answer(BODY, { method: 'emitEvent', ordinal: 10_000, name: 'again' }),
    ).rejects.toThrow('This run has told 10000 events');
  });
});
