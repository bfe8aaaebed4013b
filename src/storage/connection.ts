import type { Database } from './schema.ts';
import { asStorageError, storageClosed, type ClosedReason } from './storage-errors.ts';

export interface Connection {
  /** Runs `body` on the open database and turns the browser's errors into those of the contract. */
  readonly use: <T>(body: (db: Database) => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

type Reject = (reason: unknown) => void;

/** Looks after an open database until it is closed; `onClosed` hears of it unless the page closed it itself. */
export function connectionTo(db: Database, onClosed: (reason: ClosedReason) => void): Connection {
  const pending = new Set<Reject>();
  let closed: ClosedReason | undefined;
  watch(db, (reason) => {
    if (closed !== undefined) return;
    closed = reason;
    if (reason === 'terminated') for (const reject of pending) reject(storageClosed(reason));
    onClosed(reason);
  });
  const use = <T>(body: (db: Database) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closed !== undefined) throw storageClosed(closed);
      // Not a race against one promise of the connection: that would hold on to every result for ever.
      pending.add(reject);
      body(db)
        .then(resolve, (error: unknown) => reject(asStorageError(error, closed)))
        .finally(() => pending.delete(reject));
    });
  const close = (): void => {
    closed ??= 'closed';
    db.close();
  };
  return { use, close };
}

/**
 * Another tab's upgrade waits for our connection, so it ends at once; transactions in flight still finish.
 * When the browser ends it (cleared site data), Chromium leaves them without an answer (seen in Chromium 156).
 */
function watch(db: Database, lost: (reason: ClosedReason) => void): void {
  db.addEventListener('versionchange', (event) => {
    db.close();
    lost(event.newVersion === null ? 'deleted' : 'upgraded');
  });
  db.addEventListener('close', () => lost('terminated'));
}
