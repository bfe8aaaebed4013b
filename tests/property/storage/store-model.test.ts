import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Store } from '#domain/store.ts';
import { openIndexedDbStore } from '#storage/indexeddb-store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { followsTheModel } from './follows-the-model.ts';
import { bursts } from './write-arbitraries.ts';

describe('any sequence of commits leaves what a plain Map would hold', () => {
  test('in the memory store', async () => {
    const property = fc.asyncProperty(bursts, async (given) =>
      followsTheModel(createMemoryStore(), given),
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test('in the IndexedDB store', async () => {
    const property = fc.asyncProperty(bursts, async (given) =>
      withDatabase(async (open) => followsTheModel(await open(), given)),
    );
    await fc.assert(property, { numRuns: 100 });
  });

  test('in the IndexedDB store, closed and opened again after each burst', async () => {
    const property = fc.asyncProperty(bursts, async (given) =>
      withDatabase(async (open) => followsTheModel(await open(), given, open)),
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

const NAME = '/model/nightshift';

async function withDatabase(body: (open: () => Promise<Store>) => Promise<void>): Promise<void> {
  const opened: Store[] = [];
  try {
    await body(async () => {
      const store = await openIndexedDbStore({ name: NAME, onClosed: () => undefined });
      opened.push(store);
      return store;
    });
  } finally {
    for (const store of opened) store.close();
    await deleteDB(NAME);
  }
}
