import type { Write } from '#domain/store.ts';
import { usesIn } from './uses.ts';

/** Stores whose records tell that they use content. */
const TELLING = ['flowRuns', 'taskRuns', 'journal', 'modelVersions', 'values'] as const;

/** Inside an upgrade: goes through what is stored, record by record, so that no store has to fit into memory. */
export function noteUses(transaction: IDBTransaction): void {
  const uses = transaction.objectStore('uses');
  for (const store of TELLING) {
    const request = transaction.objectStore(store).openCursor();
    request.addEventListener('success', () => {
      const cursor = request.result;
      if (!cursor) return;
      // A record of this store, as its own migrations left it.
      const write = { store, op: 'put', record: cursor.value as unknown } as Write;
      for (const use of usesIn(write)) uses.put(use);
      cursor.continue();
    });
  }
}
