import 'fake-indexeddb/auto';
import { openDB, type IDBPDatabase } from 'idb';
import { expect, test } from 'vitest';
import type { Write } from '#domain/store.ts';
import { VERSION_1, VERSION_3, type StoreLayout } from '#storage/layout.ts';
import * as build from '#tests/support/builders.ts';
import { contentOf } from '#tests/support/store-content.ts';
import { freshName, openNamed } from './fresh-database.ts';

const { FLOW_RUN, hash } = build;

/** A database as Nightshift 0.1.0 made it. */
const openVersion1 = (name: string) => openLayout(name, 1, VERSION_1);

/** As it was before rows of datasets came in chunks. */
const openVersion3 = (name: string) => openLayout(name, 3, VERSION_3);

function openLayout(
  name: string,
  version: number,
  layouts: Readonly<Record<string, StoreLayout>>,
): Promise<IDBPDatabase> {
  return openDB(name, version, {
    upgrade(db) {
      for (const [store, layout] of Object.entries(layouts)) {
        const { keyPath } = layout;
        const path = typeof keyPath === 'string' ? keyPath : [...keyPath];
        const created = db.createObjectStore(store, { keyPath: path });
        for (const [index, one] of Object.entries(layout.indexes))
          created.createIndex(index, [...one.keyPath], { unique: one.unique ?? false });
      }
    },
  });
}

const outcome = { delivery: 0, at: 0, value: hash(6) };
const mentioning = new TextEncoder().encode(`model ${hash(7)}`).buffer;
const RECORDS: readonly Write[] = [
  { store: 'flows', op: 'put', record: build.flowSource() },
  { store: 'flowRuns', op: 'put', record: build.flowRun({ active: 0 }) },
  {
    store: 'taskRuns',
    op: 'put',
    record: build.taskRun({ result: { hash: hash(3), bytes: 3, label: '' } }),
  },
  { store: 'journal', op: 'put', record: build.journalEntry({ outcome }) },
  { store: 'values', op: 'put', record: build.storedValue({ bytes: mentioning }) },
  { store: 'modelVersions', op: 'put', record: build.modelVersion() },
  { store: 'events', op: 'put', record: build.event() },
];

test('version 1 is opened with all its records, and who uses what is noted', async () => {
  const name = freshName();
  const old = await openVersion1(name);
  for (const write of RECORDS) if (write.op !== 'delete') await old.put(write.store, write.record);
  old.close();
  const store = await openNamed(name);
  const { uses, ...content } = await contentOf(store);
  for (const write of RECORDS)
    if (write.op !== 'delete')
      expect(content[write.store as keyof typeof content]).toEqual([write.record]);
  const version = 'model:sentiment/1';
  expect(uses).toEqual([
    { hash: hash(1), user: FLOW_RUN },
    { hash: hash(1), user: version },
    { hash: hash(3), user: FLOW_RUN },
    { hash: hash(5), user: version },
    { hash: hash(6), user: FLOW_RUN },
    { hash: hash(7), user: hash(3) },
  ]);
});

test('version 3 is opened with its datasets, and rows may lie in chunks from then on', async () => {
  const name = freshName();
  const old = await openVersion3(name);
  const records = [
    ['datasets', build.dataset()],
    ['datasetDays', build.datasetDay()],
    ['uses', build.use()],
  ] as const;
  for (const [store, record] of records) await old.put(store, record);
  old.close();
  const store = await openNamed(name);
  await store.commit([{ store: 'rowChunks', op: 'add', record: build.rowChunk() }]);
  const content = await contentOf(store);
  for (const [of, record] of records) expect(content[of]).toEqual([record]);
  expect(content.rowChunks).toEqual([build.rowChunk()]);
});
