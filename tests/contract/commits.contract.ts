import { describe, expect, test } from 'vitest';
import { Conflict, StorageClosed, type Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';
import type { OpenStore } from './store.contract.ts';

const { FLOW_RUN, TASK_RUN, DEPLOYMENT, hash } = build;
const at = (value: number): Write => ({
  store: 'settings',
  op: 'put',
  record: build.setting({ value }),
});
function scribbleOn(record?: { readonly bytes: ArrayBuffer }): void {
  if (record) new Uint8Array(record.bytes).fill(9);
}
const taken: Write = { store: 'datasets', op: 'add', record: build.dataset() };

export function commitContract(open: OpenStore): void {
  describe('a commit', () => {
    test.each(ONE_OF_EACH)('keeps a record of $store as it was written', async (write) => {
      const store = await open();
      await store.commit([write]);
      expect(await store.get(write.store, write.key)).toStrictEqual(write.record);
    });

    test('keeps buffers and typed arrays with their bytes and their type', async () => {
      const store = await open();
      const record = build.datasetDay();
      await store.commit([{ store: 'datasetDays', op: 'add', record }]);
      const kept = await store.get('datasetDays', ['reviews', 1]);
      expect(kept?.rows.text).toBeInstanceOf(Uint8Array);
      expect(kept?.rows.ends).toBeInstanceOf(Uint32Array);
      expect(kept?.rows).toStrictEqual(record.rows);
    });

    test('replaces with put, and removes with delete', async () => {
      const store = await open();
      await store.commit([at(1)]);
      await store.commit([at(2)]);
      expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(
        build.setting({ value: 2 }),
      );
      await store.commit([{ store: 'settings', op: 'delete', key: 'firstVisitAt' }]);
      expect(await store.get('settings', 'firstVisitAt')).toBeUndefined();
    });

    test('may delete what is not there, and may be empty', async () => {
      const store = await open();
      await store.commit([{ store: 'events', op: 'delete', key: ['run:none', 1] }]);
      await store.commit([]);
      await store.commit([], 'strict');
    });

    test('applies its writes in order, so a key that it deletes can be added again', async () => {
      const store = await open();
      await store.commit([taken]);
      await store.commit([{ store: 'datasets', op: 'delete', key: 'reviews' }, taken], 'strict');
      expect(await store.get('datasets', 'reviews')).toStrictEqual(build.dataset());
    });

    test('keeps what a record was when it was called, whatever its caller does later', async () => {
      const store = await open();
      const records = [1, 2].map((n) => build.storedValue({ hash: hash(n) }));
      const commits = records.map((record) =>
        store.commit([{ store: 'values', op: 'put', record }]),
      );
      records.forEach(scribbleOn);
      await Promise.all(commits);
      for (const n of [1, 2])
        expect((await store.get('values', hash(n)))?.bytes).toStrictEqual(build.bytes(1, 2, 3));
    });

    test('hands out copies: changing what was read changes nothing that is stored', async () => {
      const store = await open();
      await store.commit([{ store: 'values', op: 'put', record: build.storedValue() }]);
      scribbleOn(await store.get('values', hash(3)));
      expect(await store.get('values', hash(3))).toStrictEqual(build.storedValue());
    });
  });

  describe('a commit that fails', () => {
    test('a conflicting add names the store and the key', async () => {
      const store = await open();
      await store.commit([taken]);
      const failure = store.commit([taken]);
      await expect(failure).rejects.toBeInstanceOf(Conflict);
      await expect(failure).rejects.toMatchObject({
        store: 'datasets',
        message: 'datasets: "reviews" exists already.',
      });
    });

    test('a conflicting add leaves nothing of its commit behind', async () => {
      const store = await open();
      await store.commit([taken, at(1)]);
      const event: Write = { store: 'events', op: 'add', record: build.event() };
      const gone: Write = { store: 'settings', op: 'delete', key: 'firstVisitAt' };
      await expect(store.commit([at(2), event, gone, taken, at(3)])).rejects.toBeInstanceOf(
        Conflict,
      );
      expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(
        build.setting({ value: 1 }),
      );
      expect(await store.events(build.event().streamId)).toEqual([]);
    });

    test('a second model version of one call is a conflict, by add and by put', async () => {
      const store = await open();
      const version = (n: number, op: 'add' | 'put', ordinal: number): Write => ({
        store: 'modelVersions',
        op,
        record: build.modelVersion({ version: n, lineage: build.lineage({ ordinal }) }),
      });
      await store.commit([version(1, 'add', 0)]);
      await expect(store.commit([version(2, 'add', 0)])).rejects.toMatchObject({
        name: 'Conflict',
        store: 'modelVersions',
      });
      await expect(store.commit([version(2, 'put', 0)])).rejects.toBeInstanceOf(Conflict);
      await store.commit([version(1, 'put', 0), version(2, 'add', 1)]);
      expect(await store.modelVersions('sentiment')).toHaveLength(2);
    });

    test('a record that cannot be stored takes its whole commit with it, and no other', async () => {
      const store = await open();
      const uncloneable = Object.assign(build.alias(), { callback: () => 1 });
      const keyless = build.datasetDay({ day: NaN });
      const outcomes = await Promise.allSettled([
        store.commit([at(1)]),
        store.commit([at(2), { store: 'aliases', op: 'put', record: uncloneable }]),
        store.commit([at(3), { store: 'datasetDays', op: 'put', record: keyless }]),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
      expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(
        build.setting({ value: 1 }),
      );
    });

    test('after close every call is StorageClosed', async () => {
      const store = await open();
      store.close();
      await expect(store.commit([at(1)])).rejects.toBeInstanceOf(StorageClosed);
      await expect(store.get('settings', 'firstVisitAt')).rejects.toBeInstanceOf(StorageClosed);
      await expect(store.deployments()).rejects.toBeInstanceOf(StorageClosed);
    });
  });
}

const ONE_OF_EACH = [
  { store: 'flows', op: 'add', record: build.flowSource(), key: hash(1) },
  { store: 'flowRuns', op: 'add', record: build.flowRun(), key: FLOW_RUN },
  { store: 'taskRuns', op: 'add', record: build.taskRun(), key: TASK_RUN },
  { store: 'events', op: 'add', record: build.event(), key: ['run:fr_otter', 1] },
  { store: 'lines', op: 'add', record: build.lineChunk(), key: [FLOW_RUN, 0] },
  { store: 'journal', op: 'add', record: build.journalEntry(), key: [FLOW_RUN, 1, 0] },
  { store: 'values', op: 'add', record: build.storedValue(), key: hash(3) },
  { store: 'checkpoints', op: 'add', record: build.checkpoint(), key: [TASK_RUN, 1] },
  { store: 'datasets', op: 'add', record: build.dataset(), key: 'reviews' },
  { store: 'datasetDays', op: 'add', record: build.datasetDay(), key: ['reviews', 1] },
  { store: 'verdicts', op: 'add', record: build.verdict(), key: [TASK_RUN, 0] },
  { store: 'modelVersions', op: 'add', record: build.modelVersion(), key: ['sentiment', 1] },
  { store: 'aliases', op: 'add', record: build.alias(), key: ['sentiment', 'champion'] },
  { store: 'deployments', op: 'add', record: build.deployment(), key: DEPLOYMENT },
  {
    store: 'ticks',
    op: 'add',
    record: build.tick(),
    key: [DEPLOYMENT, 'nightly', build.SOME_TIME],
  },
  { store: 'settings', op: 'add', record: build.setting(), key: 'firstVisitAt' },
  { store: 'uses', op: 'add', record: build.use(), key: [hash(3), FLOW_RUN] },
  { store: 'removals', op: 'add', record: build.removal(), key: FLOW_RUN },
] as const satisfies readonly (Write & { readonly key: unknown })[];
