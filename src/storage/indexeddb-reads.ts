import { EVENT_VERSION, upcastEvent } from '#domain/events.ts';
import type { StoreName, StoreSchema } from '#domain/store.ts';
import { isEmpty } from './keys.ts';
import { newestFirst } from './newest-first.ts';
import type { Found, Query } from './reads.ts';
import type { Database, Transaction } from './schema.ts';
import { storageClosed } from './storage-errors.ts';
import { tx } from './transaction.ts';

export async function getRecord<S extends StoreName>(
  db: Database,
  store: S,
  key: StoreSchema[S]['key'],
): Promise<StoreSchema[S]['record'] | undefined> {
  const [record] = await tx(db, { stores: [store], mode: 'readonly' }, (transaction) => [
    transaction.objectStore(store).get(IDBKeyRange.only(key)),
  ]);
  return record && ofThisVersion(record);
}

export async function findRecords<S extends StoreName>(
  db: Database,
  query: Query<S>,
): Promise<Found<S>> {
  // IndexedDB throws on a range that ends before it starts, and takes a count of 0 for no limit.
  if (isEmpty(query.range) || query.limit === 0) return [];
  const { store } = query;
  const [records = []] = await tx(db, { stores: [store], mode: 'readonly' }, (transaction) => [
    find(transaction, query),
  ]);
  return records.map(ofThisVersion);
}

function find<S extends StoreName>(
  transaction: Transaction<'readonly'>,
  { store, index, range, backwards, limit }: Query<S>,
): Promise<Found<S>> {
  const objectStore = transaction.objectStore(store);
  const source = index === undefined ? objectStore : objectStore.index(index);
  const keys = IDBKeyRange.bound(range.lower, range.upper);
  return backwards ? newestFirst(source, keys, limit) : source.getAll(keys, limit);
}

/**
 * Records are of this code's version because migrations saw to it; only events carry a version of their own, and
 * a newer tab may have written one without a new layout.
 */
function ofThisVersion<R extends StoreSchema[StoreName]['record']>(record: R): R {
  if (!('v' in record)) return record;
  if (isNewer(record.v)) throw storageClosed('upgraded');
  return upcastEvent(record) as R;
}

const isNewer = (version: number): boolean => version > EVENT_VERSION;
