import type { ContentHash, FlowRunId } from '#domain/ids.ts';
import type { ContentUser } from '#domain/records.ts';
import type { StoreName, Swept } from '#domain/store.ts';
import { firstPart, type KeyRange } from './keys.ts';
import { partsOf, REMOVAL_STORES } from './parts-of-run.ts';
import type { Database, Transaction } from './schema.ts';
import { interactive } from './transaction.ts';

type Writing = Transaction<'readwrite'>;

/** A read for each costs more than its share of a slice when there is little left of the runs. */
const RUNS_AT_ONCE = 20;

/** See `Store.sweep`. */
export function sweep(db: Database, limit: number): Promise<Swept> {
  const stores = REMOVAL_STORES;
  return interactive(db, { stores, mode: 'readwrite' }, async (transaction) => {
    const marked = await transaction.objectStore('removals').getAll(null, RUNS_AT_ONCE);
    let [left, runs] = [limit, 0];
    for (const { flowRunId } of marked) {
      left -= await removeParts(transaction, flowRunId, left);
      if (left <= 0) break;
      issued(transaction.objectStore('removals').delete(flowRunId));
      left--;
      runs++;
    }
    return { records: limit - left, runs };
  });
}

/** See `Store.removeRun`. */
export async function removeRun(db: Database, flowRunId: FlowRunId): Promise<void> {
  const stores: readonly StoreName[] = [...REMOVAL_STORES, 'flowRuns'];
  await interactive(db, { stores, mode: 'readwrite' }, async (transaction) => {
    issued(transaction.objectStore('flowRuns').delete(flowRunId));
    await removeParts(transaction, flowRunId, Infinity);
  });
}

/** At most `limit` of them; returns how many. */
async function removeParts(
  transaction: Writing,
  flowRunId: FlowRunId,
  limit: number,
): Promise<number> {
  const count = Number.isFinite(limit) ? limit : undefined;
  const found = await Promise.all(
    partsOf(flowRunId).map(async ({ store, beginning }) => ({
      store,
      keys: await transaction.objectStore(store).getAllKeys(rangeOf(beginning.range), count),
    })),
  );
  let removed = 0;
  for (const { store, keys } of found) {
    const chosen = keys.slice(0, limit - removed);
    const [first, last] = [chosen[0], chosen.at(-1)];
    if (first === undefined || last === undefined) continue;
    issued(transaction.objectStore(store).delete(IDBKeyRange.bound(first, last)));
    removed += chosen.length;
  }
  if (removed >= limit) return removed;
  return removed + (await release(transaction, flowRunId, limit - removed));
}

/** Ends uses of one user: content that nobody uses any more goes, and the uses of that. */
async function release(transaction: Writing, user: ContentUser, limit = Infinity): Promise<number> {
  const uses = transaction.objectStore('uses');
  const count = Number.isFinite(limit) ? limit : undefined;
  const keys = await uses.index('byUser').getAllKeys(rangeOf(firstPart(user).range), count);
  for (const key of keys) issued(uses.delete(IDBKeyRange.only(key)));
  const hashes = keys.map(([hash]) => hash);
  await Promise.all(hashes.map((hash) => removeIfUnused(transaction, hash)));
  return keys.length;
}

async function removeIfUnused(transaction: Writing, hash: ContentHash): Promise<void> {
  const other = await transaction.objectStore('uses').getKey(rangeOf(firstPart(hash).range));
  if (other !== undefined) return;
  issued(transaction.objectStore('values').delete(hash));
  issued(transaction.objectStore('flows').delete(hash));
  await release(transaction, hash);
}

/** Nobody waits for it: the transaction tells what became of all of them. */
function issued(request: Promise<unknown>): void {
  request.catch(() => undefined);
}

const rangeOf = ({ lower, upper }: KeyRange): IDBKeyRange => IDBKeyRange.bound(lower, upper);
