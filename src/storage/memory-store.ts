import type { Store } from '#domain/store.ts';
import { release, removeRun, sweep } from './memory-removal.ts';
import {
  applyWrites,
  emptyTables,
  findRecords,
  findStored,
  getRecord,
  visitAll,
} from './memory-tables.ts';
import { readsOver } from './reads.ts';
import { storageClosed } from './storage-errors.ts';
import { withUses } from './uses.ts';

/** Forgets all when the tab closes; everything else as the durable store, copies at the edge included. */
export function createMemoryStore(): Store {
  const tables = emptyTables();
  let open = true;
  const use = async <T>(body: () => T): Promise<T> => {
    if (!open) throw storageClosed('closed');
    return body();
  };
  return {
    kind: 'memory',
    commit: (writes) => use(() => applyWrites(tables, structuredClone(withUses(writes)))),
    get: (store, key) => use(() => structuredClone(getRecord(tables, store, key))),
    ...readsOver((query) => use(() => structuredClone(findRecords(tables, query)))),
    findStored: (records) => use(() => structuredClone(findStored(tables, records))),
    rowChunkHashes: () => use(() => [...tables.rowChunks.values()].map(({ hash }) => hash)),
    count: (store) => use(() => tables[store].size),
    sweep: (limit) => use(() => sweep(tables, limit)),
    removeRun: (flowRunId) => use(() => removeRun(tables, flowRunId)),
    commitAndRelease: (writes, user) =>
      use(() => {
        applyWrites(tables, structuredClone(withUses(writes)));
        release(tables, user);
      }),
    snapshot: (visit) => use(() => visitAll(tables, visit)),
    close: () => void (open = false),
  };
}
