import { openDB, unwrap } from 'idb';
import { connectionTo, type Connection } from './connection.ts';
import { DATABASE_VERSION, migrate } from './migrations.ts';
import type { Database, IndexedDbSchema } from './schema.ts';
import { asOpenError, StorageRefused, type ClosedReason } from './storage-errors.ts';

export interface IndexedDbOptions {
  /** See `databaseName`. */
  readonly name: string;
  /** The connection is lost for good; every later call rejects with StorageClosed. */
  readonly onClosed: (reason: ClosedReason) => void;
  /** How long the browser may keep us waiting before the upgrade starts or the database opens; real milliseconds. */
  readonly patienceMs?: number;
}

/** @throws StorageRefused | StorageClosed (the stored data is newer than this code) */
export async function openDatabase(options: IndexedDbOptions): Promise<Connection> {
  return connectionTo(await open(options), options.onClosed);
}

async function open({ name, patienceMs = 8000 }: IndexedDbOptions): Promise<Database> {
  try {
    return await openPatiently(name, patienceMs).catch((error: unknown) => {
      if (!isAborted(error)) throw error;
      return openPatiently(name, patienceMs);
    });
  } catch (error) {
    throw asOpenError(error);
  }
}

/** Clearing the site's data ends requests that are under way; the next one finds an empty site. */
const isAborted = (error: unknown): boolean =>
  error instanceof Error && error.name === 'AbortError';

/**
 * Another tab's connection or unfinished deletion keeps an open request waiting, for ever if that tab hangs, and in
 * the second case without an event. A tab that is just writing lets go a moment later: hence the patience.
 */
function openPatiently(name: string, patienceMs: number): Promise<Database> {
  return new Promise((resolve, reject) => {
    if (isMissing(globalThis.indexedDB)) throw new StorageRefused('missing');
    let gaveUp = false;
    const timer = setTimeout(() => {
      gaveUp = true;
      reject(new StorageRefused('blocked'));
    }, patienceMs);
    const answered = (): void => clearTimeout(timer);
    request(name, answered)
      // Opened after all, but nobody waits any more: an unwatched connection would block the next upgrade.
      .then((db) => (gaveUp ? db.close() : resolve(db)), reject)
      .finally(answered);
  });
}

/** Old Firefox has null here in private windows. */
const isMissing = (factory: IDBFactory | null | undefined): boolean => factory == null;

function request(name: string, upgrading: () => void): Promise<Database> {
  return openDB<IndexedDbSchema>(name, DATABASE_VERSION, {
    upgrade(db, from, _to, transaction) {
      upgrading();
      migrate(unwrap(db), unwrap(transaction), from);
      // The open request reports a failed upgrade too; this promise would be one rejection that nobody handles.
      transaction.done.catch(() => undefined);
    },
  });
}
