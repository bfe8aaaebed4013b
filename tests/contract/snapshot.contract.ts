import { describe, expect, test } from 'vitest';
import type { Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';
import { contentOf } from '#tests/support/store-content.ts';
import type { OpenStore } from './store.contract.ts';

const event = (seq: number): Write => ({
  store: 'events',
  op: 'add',
  record: build.event({ seq }),
});

export function snapshotContract(open: OpenStore): void {
  describe('a snapshot', () => {
    test('shows every record of every store, in order of their keys', async () => {
      const store = await open();
      const seqs = Array.from({ length: 2100 }, (_, i) => i + 1);
      await store.commit([...seqs.toReversed().map(event)]);
      await store.commit([
        { store: 'flowRuns', op: 'add', record: build.flowRun() },
        { store: 'datasetDays', op: 'add', record: build.datasetDay() },
      ]);
      const content = await contentOf(store);
      expect(content.events.map(({ seq }) => seq)).toEqual(seqs);
      expect(content.flowRuns).toStrictEqual([build.flowRun()]);
      expect(content.datasetDays).toStrictEqual([build.datasetDay()]);
      expect(content.uses).toStrictEqual([{ hash: build.hash(1), user: build.FLOW_RUN }]);
      expect(content.values).toEqual([]);
    });

    test('is of one instant: a commit called meanwhile is in it whole or not at all', async () => {
      const store = await open();
      await store.commit([event(1), { store: 'datasets', op: 'add', record: build.dataset() }]);
      const [content] = await Promise.all([
        contentOf(store),
        store.commit([event(2), { store: 'settings', op: 'put', record: build.setting() }]),
      ]);
      expect(content.events.length - 1).toBe(content.settings.length);
    });

    test('what it shows may be changed without changing what is stored', async () => {
      const store = await open();
      await store.commit([{ store: 'values', op: 'put', record: build.storedValue() }]);
      await store.snapshot((name, records) => {
        for (const record of records) if (name === 'values' && 'bytes' in record) scribble(record);
      });
      expect(await store.get('values', build.hash(3))).toStrictEqual(build.storedValue());
    });

    test('what the visitor throws reaches the caller', async () => {
      const store = await open();
      await store.commit([event(1)]);
      const failure = store.snapshot(() => {
        throw new Error('seen enough');
      });
      await expect(failure).rejects.toThrow('seen enough');
      expect(await store.events(build.event().streamId)).toHaveLength(1);
    });
  });
}

function scribble(record: object): void {
  const bytes: unknown = Reflect.get(record, 'bytes');
  if (bytes instanceof ArrayBuffer) new Uint8Array(bytes).fill(9);
}
