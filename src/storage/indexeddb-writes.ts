import { Conflict, type Durability, type StoreName, type Write } from '#domain/store.ts';
import { keyAt } from './keys.ts';
import { LAYOUT, type Database, type Transaction } from './schema.ts';
import { tx } from './transaction.ts';

/** All writes in one transaction. */
export async function applyWrites(
  db: Database,
  writes: readonly Write[],
  durability: Durability,
): Promise<void> {
  const stores = [...new Set(writes.map((write) => write.store))];
  // A transaction over no store is an error of its own.
  if (stores.length === 0) return;
  await tx(db, { stores, mode: 'readwrite', durability }, (transaction) =>
    issue(transaction, writes),
  );
}

/** The requests of some writes, in a transaction over their stores. */
export function* issue(
  transaction: Transaction<'readwrite'>,
  writes: readonly Write[],
): Iterable<Promise<unknown>> {
  for (const write of writes) yield request(transaction, write).catch(conflictOf(write));
}

function request(transaction: Transaction<'readwrite'>, write: Write): Promise<unknown> {
  const store = transaction.objectStore<StoreName>(write.store);
  switch (write.op) {
    case 'put':
      return store.put(write.record);
    case 'add':
      return store.add(write.record);
    case 'delete':
      return store.delete(IDBKeyRange.only(write.key));
  }
}

const conflictOf =
  (write: Write) =>
  (error: unknown): never => {
    if (!(error instanceof Error) || error.name !== 'ConstraintError') throw error;
    throw new Conflict(write.store, keyOf(write));
  };

const keyOf = (write: Write): unknown =>
  write.op === 'delete' ? write.key : keyAt(write.record, LAYOUT[write.store].keyPath);
