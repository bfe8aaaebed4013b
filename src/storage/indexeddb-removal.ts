import { cacheEntryKey, isCacheEntryId, type FlowRunId } from '#domain/ids.ts';
import type { ContentUser, UsedThing, UseRecord } from '#domain/records.ts';
import type { StoreName, Swept, Write } from '#domain/store.ts';
import { issue } from './indexeddb-writes.ts';
import { firstPart, type KeyRange } from './keys.ts';
import { partsOf, REMOVAL_STORES, type PartStore } from './parts-of-run.ts';
import type { Database, Transaction } from './schema.ts';
import { interactive } from './transaction.ts';

type Writing = Transaction<'readwrite'>;
type UseKey = readonly [UseRecord['hash'], ContentUser];

const MOST_RUNS_AT_ONCE = 64;

/**
 * See `Store.sweep`. All its runs are asked about at once: each answer that is waited for while the stores are locked
 * costs more than what is deleted.
 */
export function sweep(db: Database, limit: number): Promise<Swept> {
  const stores = REMOVAL_STORES;
  return interactive(db, { stores, mode: 'readwrite' }, async (transaction) => {
    const most = Math.max(1, Math.min(MOST_RUNS_AT_ONCE, Math.ceil(limit / 4)));
    const marked = await transaction.objectStore('removals').getAll(null, most);
    const runs = marked.map(({ flowRunId }) => flowRunId);
    const parts = await removeParts(transaction, runs, limit);
    const uses = await release(transaction, parts.through, limit - parts.records);
    for (const run of uses.through) issued(transaction.objectStore('removals').delete(run));
    const ended = uses.through.length;
    return { records: parts.records + uses.records + ended, runs: ended };
  });
}

/** See `Store.removeRun`. */
export async function removeRun(db: Database, flowRunId: FlowRunId): Promise<void> {
  const stores: readonly StoreName[] = [...REMOVAL_STORES, 'flowRuns'];
  await interactive(db, { stores, mode: 'readwrite' }, async (transaction) => {
    issued(transaction.objectStore('flowRuns').delete(flowRunId));
    await removeParts(transaction, [flowRunId], Infinity);
    await release(transaction, [flowRunId], Infinity);
  });
}

/** See `Store.commitAndRelease`. */
export async function commitAndRelease(
  db: Database,
  writes: readonly Write[],
  user: ContentUser,
): Promise<void> {
  const stores = [...new Set([...REMOVAL_STORES, ...writes.map(({ store }) => store)])];
  await interactive(
    db,
    { stores, mode: 'readwrite', durability: 'strict' },
    async (transaction) => {
      await Promise.all(issue(transaction, writes));
      await release(transaction, [user], Infinity);
    },
  );
}

interface Removed<Owner> {
  readonly records: number;
  /** Those of which nothing of the kind is left. */
  readonly through: readonly Owner[];
}

/** What belongs to the runs, at most `limit` records of it, run after run. */
async function removeParts(
  transaction: Writing,
  runs: readonly FlowRunId[],
  limit: number,
): Promise<Removed<FlowRunId>> {
  const found = await Promise.all(runs.map((run) => keysOfParts(transaction, run, limit)));
  let left = limit;
  const through = runs.filter((_, i) => {
    for (const { store, keys } of found[i] ?? []) {
      const chosen = keys.slice(0, left);
      left -= chosen.length;
      const [first, last] = [chosen[0], chosen.at(-1)];
      if (first === undefined || last === undefined) continue;
      issued(transaction.objectStore(store).delete(IDBKeyRange.bound(first, last)));
    }
    return left > 0;
  });
  return { records: limit === Infinity ? 0 : limit - left, through };
}

interface PartKeys {
  readonly store: PartStore;
  readonly keys: readonly (string | readonly (string | number)[])[];
}

const keysOfParts = (
  transaction: Writing,
  run: FlowRunId,
  limit: number,
): Promise<readonly PartKeys[]> =>
  Promise.all(
    partsOf(run).map(async ({ store, beginning }) => {
      const range = rangeOf(beginning.range);
      return { store, keys: await transaction.objectStore(store).getAllKeys(range, upTo(limit)) };
    }),
  );

/** Ends uses of these users, at most `limit`: what nobody uses any more goes, and the uses of that. */
async function release<User extends ContentUser>(
  transaction: Writing,
  users: readonly User[],
  limit: number,
): Promise<Removed<User>> {
  if (users.length === 0 || limit <= 0) return { records: 0, through: [] };
  const index = transaction.objectStore('uses').index('byUser');
  const found = await Promise.all(
    users.map((user) => index.getAllKeys(rangeOf(firstPart(user).range), upTo(limit))),
  );
  let left = limit;
  const ended: UseKey[] = [];
  const through = users.filter((_, i) => {
    const keys = (found[i] ?? []).slice(0, left);
    left -= keys.length;
    ended.push(...keys);
    return left > 0;
  });
  for (const [hash, user] of ended)
    issued(transaction.objectStore('uses').delete(IDBKeyRange.only([hash, user])));
  await removeUnused(transaction, [...new Set(ended.map(([hash]) => hash))]);
  return { records: ended.length, through };
}

async function removeUnused(transaction: Writing, things: readonly UsedThing[]): Promise<void> {
  const uses = transaction.objectStore('uses');
  const others = await Promise.all(
    things.map((thing) => uses.getKey(rangeOf(firstPart(thing).range))),
  );
  const unused = things.filter((_, i) => others[i] === undefined);
  for (const thing of unused) {
    if (isCacheEntryId(thing))
      issued(transaction.objectStore('cache').delete(IDBKeyRange.only(cacheEntryKey(thing))));
    else {
      issued(transaction.objectStore('values').delete(thing));
      issued(transaction.objectStore('flows').delete(thing));
    }
  }
  await release(transaction, unused, Infinity);
}

/** Nobody waits for it: the transaction tells what became of all of them. */
function issued(request: Promise<unknown>): void {
  request.catch(() => undefined);
}

const upTo = (limit: number): number | undefined => (limit === Infinity ? undefined : limit);

const rangeOf = ({ lower, upper }: KeyRange): IDBKeyRange => IDBKeyRange.bound(lower, upper);
