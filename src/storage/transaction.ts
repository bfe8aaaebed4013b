import type { Durability, StoreName } from '#domain/store.ts';
import type { Database, Transaction } from './schema.ts';

interface TransactionOptions<Mode> {
  readonly stores: readonly StoreName[];
  readonly mode: Mode;
  readonly durability?: Durability;
}

/**
 * Every transaction of the layer. `body` issues requests, and a throw between two of them aborts what was issued.
 * Waits for the transaction, not for its requests: Chromium reports a full disk only there, and of an explicit
 * commit without room it never answers the requests behind the one that was too large (seen in Chromium 156).
 */
export async function tx<Mode extends 'readonly' | 'readwrite', T>(
  db: Database,
  { stores, mode, durability = 'relaxed' }: TransactionOptions<Mode>,
  body: (transaction: Transaction<Mode>) => Iterable<Promise<T>>,
): Promise<readonly T[]> {
  const transaction = db.transaction([...stores], mode, { durability });
  const aborted = new Promise((resolve) => transaction.addEventListener('abort', resolve));
  const requests = issue(transaction, mode, body);
  const failures = collectFailures(requests);
  try {
    await transaction.done;
  } catch (error) {
    // `done` rejects with the first error on its way up; by the abort event every failed request has said its own.
    await aborted;
    throw mainFailure(failures) ?? error;
  }
  return Promise.all(requests);
}

/**
 * For what depends on what is read in the same transaction. `body` may wait for nothing but its requests, or the
 * transaction ends under it.
 */
export async function interactive<Mode extends 'readonly' | 'readwrite', T>(
  db: Database,
  { stores, mode, durability = 'relaxed' }: TransactionOptions<Mode>,
  body: (transaction: Transaction<Mode>) => Promise<T>,
): Promise<T> {
  const transaction = db.transaction([...stores], mode, { durability });
  const done = transaction.done;
  // Whoever waits hears of it below; a body that failed first must not leave it unheard.
  done.catch(() => undefined);
  try {
    const result = await body(transaction);
    await done;
    return result;
  } catch (error) {
    abort(transaction);
    // The transaction knows why its requests were aborted.
    const failure = await done.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    throw mainFailure([error, failure]) ?? error;
  }
}

function issue<Mode extends 'readonly' | 'readwrite', T>(
  transaction: Transaction<Mode>,
  mode: Mode,
  body: (transaction: Transaction<Mode>) => Iterable<Promise<T>>,
): readonly Promise<T>[] {
  const requests: Promise<T>[] = [];
  try {
    for (const request of body(transaction)) requests.push(request);
    // Saves the browser waiting for requests that will not come: 3 to 4 times the commits a second in Firefox.
    if (mode === 'readwrite') transaction.commit();
  } catch (error) {
    requests.push(failed(error));
    abort(transaction);
  }
  return requests;
}

async function failed(error: unknown): Promise<never> {
  throw error;
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It ended already, with the error that brought us here.
  }
}

function collectFailures(requests: readonly Promise<unknown>[]): readonly unknown[] {
  const failures: unknown[] = [];
  for (const request of requests) request.catch((reason: unknown) => failures.push(reason));
  return failures;
}

/** The request that failed by itself: all others of its transaction say AbortError. */
const mainFailure = (failures: readonly unknown[]): unknown =>
  failures.find((reason) => !(reason instanceof Error && reason.name === 'AbortError'));
