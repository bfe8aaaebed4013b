import type { Store } from '#domain/store.ts';
import { openIndexedDbStore } from '#storage/indexeddb-store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { databaseName } from '#storage/schema.ts';
import { storageClosed, StorageRefused } from '#storage/storage-errors.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Why nothing can be kept, when it is memory. */
  readonly reason?: string;
}

/** IndexedDB where the browser allows it, else memory: the same engine, and a plain word about it. */
export async function openStore(
  baseUrl: string,
  onClosed: (reason: string) => void,
): Promise<OpenedStore> {
  try {
    const name = databaseName(new URL(baseUrl).pathname);
    return {
      store: await openIndexedDbStore({
        name,
        onClosed: (reason) => onClosed(storageClosed(reason).message),
      }),
    };
  } catch (error) {
    if (!(error instanceof StorageRefused)) throw error;
    return { store: createMemoryStore(), reason: error.message };
  }
}
