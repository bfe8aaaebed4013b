import { describe, expect, test } from 'vitest';
import {
  asFlowRunId,
  asTaskRunId,
  cacheEntryId,
  runStream,
  versionUser,
  type ContentHash,
  type FlowRunId,
} from '#domain/ids.ts';
import type { Store, StoreName, Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';
import { contentOf } from '#tests/support/store-content.ts';
import type { OpenStore } from './store.contract.ts';

const { hash } = build;
const OLD = asFlowRunId('fr_a');
/** Its name begins as the other does. */
const NEXT = asFlowRunId('fr_a0');
const SOURCE = hash(100);

const encoded = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;
const value = (n: number, mentions: readonly ContentHash[] = []): Write => ({
  store: 'values',
  op: 'put',
  record: { hash: hash(n), bytes: encoded(`\u0000${mentions.join('!')}\u0001`) },
});
const result = (n: number) => ({ hash: hash(n), bytes: 1, label: '' });

/** An ended run with something in every store, and a result for each number. */
function wholeRun(flowRunId: FlowRunId, results: readonly number[], lines = 1): readonly Write[] {
  const taskRunId = asTaskRunId(`${flowRunId}/1/train-0`);
  return [
    { store: 'flows', op: 'put', record: build.flowSource({ sourceHash: SOURCE }) },
    {
      store: 'flowRuns',
      op: 'add',
      record: build.flowRun({ id: flowRunId, active: 0, sourceHash: SOURCE }),
    },
    { store: 'events', op: 'add', record: build.event({ streamId: runStream(flowRunId) }) },
    { store: 'checkpoints', op: 'add', record: build.checkpoint({ taskRunId }) },
    { store: 'verdicts', op: 'add', record: build.verdict({ taskRunId, flowRunId }) },
    ...Array.from({ length: lines }, (_, chunk): Write => ({
      store: 'lines',
      op: 'add',
      record: build.lineChunk({ flowRunId, chunk }),
    })),
    ...results.flatMap((n, index): Write[] => [
      {
        store: 'taskRuns',
        op: 'add',
        record: build.taskRun({ flowRunId, index, result: result(n) }),
      },
      { store: 'journal', op: 'add', record: build.journalEntry({ flowRunId, call: index }) },
    ]),
  ];
}

const marked = (flowRunId: FlowRunId): readonly Write[] => [
  { store: 'flowRuns', op: 'delete', key: flowRunId },
  { store: 'removals', op: 'put', record: { flowRunId } },
];

const names = async (store: Store): Promise<readonly StoreName[]> =>
  Object.entries(await contentOf(store))
    .filter(([, records]) => records.length > 0)
    .map(([name]) => name as StoreName);

async function sweepAll(store: Store, limit: number): Promise<number> {
  for (let slices = 0; ; slices++) if ((await store.sweep(limit)).records === 0) return slices;
}

export function removalContract(open: OpenStore): void {
  describe('removing runs', () => {
    test('takes everything that belongs to a run, and nothing of another', async () => {
      const store = await open();
      await store.commit([...wholeRun(OLD, [1]), value(1)]);
      await store.commit([...wholeRun(NEXT, [2]), value(2)]);
      const kept = await open();
      await kept.commit([...wholeRun(NEXT, [2]), value(2)]);
      await store.commit(marked(OLD));
      expect(await store.sweep(1000)).toMatchObject({ runs: 1 });
      expect(await contentOf(store)).toEqual(await contentOf(kept));
      await store.commit(marked(NEXT));
      await store.sweep(1000);
      expect(await names(store)).toEqual([]);
      expect(await store.sweep(1000)).toEqual({ records: 0, runs: 0 });
    });

    test('goes in slices of about the asked number of records, and may stop between any two', async () => {
      const store = await open();
      await store.commit([...wholeRun(OLD, [1, 2, 3], 20), value(1), value(2), value(3)]);
      await store.commit(marked(OLD));
      expect(await store.sweep(5)).toEqual({ records: 5, runs: 0 });
      expect(await store.count('removals')).toBe(1);
      expect(await sweepAll(store, 5)).toBeGreaterThan(4);
      expect(await names(store)).toEqual([]);
    });

    test('keeps what another run uses until that goes too: values and sources', async () => {
      const store = await open();
      await store.commit([...wholeRun(OLD, [1, 2]), value(1), value(2)]);
      await store.commit([...wholeRun(NEXT, [2, 3]), value(3)]);
      await store.commit(marked(OLD));
      await sweepAll(store, 100);
      expect(await store.get('values', hash(1))).toBeUndefined();
      expect(await store.get('values', hash(2))).toBeDefined();
      expect(await store.get('flows', SOURCE)).toBeDefined();
      await store.commit(marked(NEXT));
      await sweepAll(store, 100);
      expect(await names(store)).toEqual([]);
    });

    test('keeps what a kept value mentions, however deep, and drops it with that', async () => {
      const store = await open();
      const chain = [value(3), value(2, [hash(3), hash(4)]), value(4), value(1, [hash(2)])];
      await store.commit([...wholeRun(OLD, [2, 3]), ...chain]);
      await store.commit(wholeRun(NEXT, [1]));
      await store.commit(marked(OLD));
      await sweepAll(store, 100);
      for (const n of [1, 2, 3, 4]) expect(await store.get('values', hash(n))).toBeDefined();
      await store.commit(marked(NEXT));
      await sweepAll(store, 100);
      expect(await names(store)).toEqual([]);
    });

    test('keeps the weights and the source of a model version for ever', async () => {
      const store = await open();
      const lineage = build.lineage({ flowRunId: OLD, sourceHash: SOURCE });
      const record = build.modelVersion({ contentHash: hash(1), lineage });
      await store.commit([...wholeRun(OLD, [1]), value(1)]);
      await store.commit([{ store: 'modelVersions', op: 'add', record }]);
      await store.commit(marked(OLD));
      await sweepAll(store, 100);
      expect(await names(store)).toEqual(['flows', 'values', 'modelVersions', 'uses']);
    });

    test('takes a model version with its weights, in one commit with what is written', async () => {
      const store = await open();
      const event: Write = {
        store: 'events',
        op: 'add',
        record: build.event({ streamId: 'model:sentiment' }),
      };
      const gone: Write = { store: 'modelVersions', op: 'delete', key: ['sentiment', 1] };
      const lineage = build.lineage({ sourceHash: SOURCE });
      const record = build.modelVersion({ contentHash: hash(1), lineage });
      const source = build.flowSource({ sourceHash: SOURCE });
      await store.commit([
        value(1),
        { store: 'flows', op: 'add', record: source },
        { store: 'modelVersions', op: 'add', record },
      ]);
      await store.commitAndRelease([gone, event], versionUser('sentiment', 1));
      expect(await names(store)).toEqual(['events']);
    });

    test('keeps the weights of a version that is taken while a run uses them', async () => {
      const store = await open();
      const record = build.modelVersion({ contentHash: hash(1) });
      await store.commit([...wholeRun(OLD, [1]), value(1)]);
      await store.commit([{ store: 'modelVersions', op: 'add', record }]);
      const gone: Write = { store: 'modelVersions', op: 'delete', key: ['sentiment', 1] };
      await store.commitAndRelease([gone], versionUser('sentiment', 1));
      expect(await store.get('values', hash(1))).toBeDefined();
      expect(await store.modelVersions('sentiment')).toEqual([]);
    });

    test('takes nothing of a version when the commit with it meets a conflict', async () => {
      const store = await open();
      const event: Write = { store: 'events', op: 'add', record: build.event() };
      const record = build.modelVersion({ contentHash: hash(1) });
      await store.commit([value(1), { store: 'modelVersions', op: 'add', record }, event]);
      const before = await contentOf(store);
      const gone: Write = { store: 'modelVersions', op: 'delete', key: ['sentiment', 1] };
      const going = store.commitAndRelease([gone, event], versionUser('sentiment', 1));
      await expect(going).rejects.toThrow('exists already');
      expect(await contentOf(store)).toEqual(before);
    });

    test('keeps a cached result as long as a run that made or took it, and drops it with them', async () => {
      const store = await open();
      const from = { flowRunId: OLD, flowRunName: 'splendid-otter', taskRun: 'f-0' };
      const record = build.cacheEntry({ result: result(1), from });
      const entry = cacheEntryId(record.flowId, record.key);
      await store.commit([...wholeRun(OLD, []), value(1)]);
      await store.commit([
        { store: 'cache', op: 'put', record },
        { store: 'uses', op: 'put', record: { hash: entry, user: OLD } },
      ]);
      await store.commit(wholeRun(NEXT, []));
      await store.commit([{ store: 'uses', op: 'put', record: { hash: entry, user: NEXT } }]);
      await store.commit(marked(OLD));
      await sweepAll(store, 100);
      expect(await store.get('cache', [record.flowId, record.key])).toEqual(record);
      expect(await store.get('values', hash(1))).toBeDefined();
      await store.commit(marked(NEXT));
      await sweepAll(store, 100);
      expect(await names(store)).toEqual([]);
    });

    test('keeps what a journal tells as an outcome, and what was noted as used', async () => {
      const store = await open();
      const outcome = { delivery: 0, at: 0, value: hash(1) };
      const journal = build.journalEntry({ flowRunId: NEXT, outcome });
      const note: Write = { store: 'uses', op: 'put', record: { hash: hash(2), user: NEXT } };
      await store.commit([...wholeRun(OLD, [1, 2]), value(1), value(2)]);
      await store.commit([{ store: 'journal', op: 'put', record: journal }, note]);
      await store.commit(marked(OLD));
      await sweepAll(store, 100);
      for (const n of [1, 2]) expect(await store.get('values', hash(n))).toBeDefined();
    });

    test('a value that is stored again while it goes is there afterwards', async () => {
      const store = await open();
      await store.commit([...wholeRun(OLD, [1]), value(1)]);
      await store.commit(marked(OLD));
      const again = [...wholeRun(NEXT, [1]), value(1)];
      await Promise.all([store.sweep(1000), store.commit(again), store.sweep(1000)]);
      expect(await store.get('values', hash(1))).toBeDefined();
    });

    test('a run is removed whole and at once when it must be', async () => {
      const store = await open();
      await store.commit([...wholeRun(OLD, [1, 2], 30), value(1), value(2)]);
      await store.removeRun(OLD);
      expect(await names(store)).toEqual([]);
    });
  });
}
