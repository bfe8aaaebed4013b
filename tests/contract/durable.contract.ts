import { deleteDB, openDB, unwrap } from 'idb';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { EVENT_VERSION } from '#domain/events.ts';
import { StorageClosed, type Write } from '#domain/store.ts';
import { DATABASE_VERSION, migrate } from '#storage/migrations.ts';
import { LAYOUT } from '#storage/schema.ts';
import { StorageRefused } from '#storage/storage-errors.ts';
import * as build from '#tests/support/builders.ts';
import { freshName, openNamed } from './fresh-database.ts';

const { streamId } = build.event();
const event = (seq: number): Write => ({
  store: 'events',
  op: 'add',
  record: build.event({ seq }),
});
const numbers = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

/** What a store promises beyond the contract because it outlives the page. */
export function durableContract(title: string): void {
  describe(`${title}, opened again`, () => {
    test('has everything that was committed', async () => {
      const name = freshName();
      const first = await openNamed(name);
      await first.commit([event(1), { store: 'flowRuns', op: 'add', record: build.flowRun() }]);
      await first.commit([{ store: 'values', op: 'put', record: build.storedValue() }], 'strict');
      first.close();
      const second = await openNamed(name);
      expect(await second.events(streamId)).toEqual([build.event()]);
      expect(await second.activeFlowRuns()).toEqual([build.flowRun()]);
      expect(await second.get('values', build.hash(3))).toStrictEqual(build.storedValue());
    });

    test('has what resolved before it was closed, and nothing of what was refused', async () => {
      const name = freshName();
      const first = await openNamed(name);
      const commits = numbers(50).map((n) => first.commit([event(n)]));
      first.close();
      const outcomes = await Promise.allSettled(commits);
      const kept = numbers(50).filter((n) => outcomes[n - 1]?.status === 'fulfilled');
      const second = await openNamed(name);
      expect((await second.events(streamId)).map(({ seq }) => seq)).toEqual(kept);
      expect(outcomes[49]).toMatchObject({ status: 'rejected', reason: expect.any(StorageClosed) });
    });
  });

  describe(`${title}, used by two`, () => {
    test('sees what another connection committed', async () => {
      const name = freshName();
      const [writer, reader] = [await openNamed(name), await openNamed(name)];
      await writer.commit([event(1)]);
      expect(await reader.events(streamId)).toEqual([build.event()]);
    });

    test('lets an upgrade pass, says so once, and is StorageClosed from then on', async () => {
      const name = freshName();
      const onClosed = vi.fn();
      const store = await openNamed(name, { onClosed });
      const blocked = vi.fn();
      const newer = await openDB(name, DATABASE_VERSION + 1, { blocked });
      onTestFinished(() => newer.close());
      expect(onClosed.mock.calls).toEqual([['upgraded']]);
      expect(blocked).not.toHaveBeenCalled();
      await expect(store.commit([event(1)])).rejects.toBeInstanceOf(StorageClosed);
      await expect(store.events(streamId)).rejects.toThrow('reload this page');
    });

    test('is StorageClosed when the database is deleted elsewhere', async () => {
      const name = freshName();
      const onClosed = vi.fn();
      const store = await openNamed(name, { onClosed });
      await deleteDB(name);
      expect(onClosed.mock.calls).toEqual([['deleted']]);
      await expect(store.deployments()).rejects.toBeInstanceOf(StorageClosed);
    });

    test('does not open what a newer Nightshift wrote, and asks to reload', async () => {
      const name = freshName();
      (await openDB(name, DATABASE_VERSION + 1)).close();
      const failure = openNamed(name);
      await expect(failure).rejects.toBeInstanceOf(StorageClosed);
      await expect(failure).rejects.toThrow('reload this page');
    });

    test('does not read an event of a newer version, and asks to reload', async () => {
      const name = freshName();
      const store = await openNamed(name);
      const raw = await openDB(name);
      await raw.put('events', { ...build.event(), v: EVENT_VERSION + 1 });
      raw.close();
      await expect(store.events(streamId)).rejects.toThrow('reload this page');
      await expect(store.get('events', [streamId, 1])).rejects.toBeInstanceOf(StorageClosed);
    });

    test('takes up a database of version 1: its stores, its indexes, its reasons as sentences', async () => {
      const name = freshName();
      const old = await openDB(name, 1, {
        upgrade: (db, from, __, transaction) => migrate(unwrap(db), unwrap(transaction), from, 1),
      });
      const run = build.flowRun();
      const { reason: _, ...body } = build.event().body as { reason: unknown } & object;
      await old.put('flowRuns', run);
      await old.put('events', { ...build.event(), v: 1, body: { ...body, reason: 'it was so' } });
      old.close();
      const store = await openNamed(name);
      expect(await store.get('flowRuns', run.id)).toEqual(run);
      expect(await store.childRunsOf(run.id)).toEqual([]);
      expect(await store.flowRunsWithHooksDue()).toEqual([]);
      const [found] = await store.events(streamId);
      expect(found).toMatchObject({ v: EVENT_VERSION, body: { reason: { words: 'it was so' } } });
    });

    test('refuses to open instead of waiting for ever behind another tab', async () => {
      const name = freshName();
      const holder = await openDB(name, 1);
      const deletion = deleteDB(name);
      await expect(openNamed(name, { patienceMs: 30 })).rejects.toEqual(
        new StorageRefused('blocked'),
      );
      holder.close();
      await deletion;
      const reopened = await openNamed(name);
      expect(await reopened.deployments()).toEqual([]);
    });
  });

  describe(`${title}, new`, () => {
    test('has the stores, key paths and indexes of the layout', async () => {
      const name = freshName();
      (await openNamed(name)).close();
      const raw = await openDB(name);
      const stores = raw.transaction([...raw.objectStoreNames]);
      const found = [...raw.objectStoreNames].map((one) => shapeOf(stores.objectStore(one)));
      raw.close();
      expect(raw.version).toBe(DATABASE_VERSION);
      expect(Object.fromEntries(found)).toEqual(LAYOUT);
    });
  });
}

type RawStore = Pick<IDBObjectStore, 'name' | 'keyPath' | 'indexNames'> & {
  index(name: string): Pick<IDBIndex, 'keyPath' | 'unique'>;
};

function shapeOf(store: RawStore): readonly [string, unknown] {
  const indexes = [...store.indexNames].map((name) => {
    const { keyPath, unique } = store.index(name);
    return [name, unique ? { keyPath, unique } : { keyPath }] as const;
  });
  return [store.name, { keyPath: store.keyPath, indexes: Object.fromEntries(indexes) }];
}
