import { deleteDB } from 'idb';
import { onTestFinished } from 'vitest';
import type { Store } from '#domain/store.ts';
import { openIndexedDbStore } from '#storage/indexeddb-store.ts';
import type { IndexedDbOptions } from '#storage/open-database.ts';
import { databaseName } from '#storage/schema.ts';

/** A name that no other test uses; the database is gone when the test is over. */
export function freshName(): string {
  const name = databaseName('/tests/', crypto.randomUUID());
  onTestFinished(() => deleteDB(name));
  return name;
}

/** Opens a store and closes it when the test is over. */
export async function openNamed(
  name: string,
  options: Partial<IndexedDbOptions> = {},
): Promise<Store> {
  const store = await openIndexedDbStore({ name, onClosed: () => undefined, ...options });
  onTestFinished(() => store.close());
  return store;
}

export const openFresh = (): Promise<Store> => openNamed(freshName());
