import type { Store } from '#domain/store.ts';
import { groupCommits } from './group-commit.ts';
import {
  countRecords,
  findRecords,
  findStored,
  getRecord,
  rowChunkHashes,
  visitAll,
} from './indexeddb-reads.ts';
import { commitAndRelease, removeRun, sweep } from './indexeddb-removal.ts';
import { applyWrites } from './indexeddb-writes.ts';
import { openDatabase, type IndexedDbOptions } from './open-database.ts';
import { readsOver } from './reads.ts';
import { withUses } from './uses.ts';

/**
 * The durable store.
 * @throws StorageRefused (a memory store can stand in) | StorageClosed (reload: the stored data is newer)
 */
export async function openIndexedDbStore(options: IndexedDbOptions): Promise<Store> {
  const { use, close } = await openDatabase(options);
  const commit = groupCommits((writes, durability) =>
    use((db) => applyWrites(db, writes, durability)),
  );
  return {
    kind: 'indexeddb',
    commit: (writes, durability = 'relaxed') => commit(withUses(writes), durability),
    get: (store, key) => use((db) => getRecord(db, store, key)),
    ...readsOver((query) => use((db) => findRecords(db, query))),
    findStored: (records) => use((db) => findStored(db, records)),
    rowChunkHashes: () => use(rowChunkHashes),
    count: (store) => use((db) => countRecords(db, store)),
    sweep: (limit) => use((db) => sweep(db, limit)),
    removeRun: (flowRunId) => use((db) => removeRun(db, flowRunId)),
    commitAndRelease: (writes, user) => use((db) => commitAndRelease(db, withUses(writes), user)),
    snapshot: (visit) => use((db) => visitAll(db, visit)),
    close,
  };
}
