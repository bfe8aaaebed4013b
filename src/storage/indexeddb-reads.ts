import { EVENT_VERSION, upcastEvent } from '#domain/events.ts';
import type { ContentHash } from '#domain/ids.ts';
import type { StoredRecord, StoreName, StoreSchema, Visit } from '#domain/store.ts';
import { isEmpty, keyAt } from './keys.ts';
import { newestFirst } from './newest-first.ts';
import type { Found, Query } from './reads.ts';
import { LAYOUT, STORE_NAMES, type Database, type Transaction } from './schema.ts';
import { storageClosed } from './storage-errors.ts';
import { interactive, tx } from './transaction.ts';

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

export async function findStored(
  db: Database,
  records: readonly StoredRecord[],
): Promise<readonly (object | undefined)[]> {
  const stores = [...new Set(records.map(({ store }) => store))];
  if (stores.length === 0) return [];
  return tx(db, { stores, mode: 'readonly' }, (transaction) =>
    records.map(({ store, record }): Promise<object | undefined> => {
      const key = keyAt(record, LAYOUT[store].keyPath);
      if (key === undefined) return Promise.resolve(undefined);
      return transaction.objectStore<StoreName>(store).get(IDBKeyRange.only(key));
    }),
  );
}

export async function countRecords(db: Database, store: StoreName): Promise<number> {
  const [count = 0] = await tx(db, { stores: [store], mode: 'readonly' }, (transaction) => [
    transaction.objectStore(store).count(),
  ]);
  return count;
}

export async function rowChunkHashes(db: Database): Promise<readonly ContentHash[]> {
  const [hashes = []] = await tx(db, { stores: ['rowChunks'], mode: 'readonly' }, (transaction) => [
    transaction.objectStore('rowChunks').getAllKeys(),
  ]);
  return hashes;
}

const RECORDS_AT_ONCE = 1000;
/** Their records may be large. */
const FEW_AT_ONCE: ReadonlySet<StoreName> = new Set([
  'values',
  'checkpoints',
  'datasetDays',
  'rowChunks',
]);

/** In one transaction, so that all is of one instant; in pages, so that no store has to fit into memory twice. */
export async function visitAll(db: Database, visit: Visit): Promise<void> {
  await interactive(db, { stores: STORE_NAMES, mode: 'readonly' }, async (transaction) => {
    for (const store of STORE_NAMES) await visitStore(transaction, store, visit);
  });
}

async function visitStore(
  transaction: Transaction<'readonly'>,
  store: StoreName,
  visit: Visit,
): Promise<void> {
  const limit = FEW_AT_ONCE.has(store) ? 8 : RECORDS_AT_ONCE;
  let range: IDBKeyRange | undefined;
  for (;;) {
    const records = await transaction.objectStore(store).getAll(range, limit);
    if (records.length > 0) visit(store, records.map(ofThisVersion));
    const last = records.at(-1);
    if (last === undefined || records.length < limit) return;
    range = IDBKeyRange.lowerBound(keyAt(last, LAYOUT[store].keyPath), true);
  }
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
