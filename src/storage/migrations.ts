import { ADDED_IN_2, VERSION_1, type StoreLayout } from './layout.ts';
import { noteUses } from './note-uses.ts';

/**
 * From one version to the next, inside the upgrade transaction. On the browser's own objects: a migration knows
 * the stores of its version, which the types of today have forgotten.
 */
type Migration = (db: IDBDatabase, transaction: IDBTransaction) => void;

/** Position i leads from version i to version i + 1. Invariant: entries are appended, never changed. */
const MIGRATIONS: readonly Migration[] = [createVersion1, addUses];

export const DATABASE_VERSION = MIGRATIONS.length;

export function migrate(db: IDBDatabase, transaction: IDBTransaction, from: number): void {
  for (const migration of MIGRATIONS.slice(from)) migration(db, transaction);
}

function createVersion1(db: IDBDatabase): void {
  for (const [name, layout] of Object.entries(VERSION_1)) createStore(db, name, layout);
}

/** Records of version 1 say nothing about who uses what: it is noted for them here. */
function addUses(db: IDBDatabase, transaction: IDBTransaction): void {
  for (const [name, layout] of Object.entries(ADDED_IN_2)) createStore(db, name, layout);
  noteUses(transaction);
}

function createStore(db: IDBDatabase, name: string, layout: StoreLayout): void {
  const store = db.createObjectStore(name, { keyPath: mutable(layout.keyPath) });
  for (const [index, { keyPath, unique = false }] of Object.entries(layout.indexes))
    store.createIndex(index, [...keyPath], { unique });
}

const mutable = (path: StoreLayout['keyPath']): string | string[] =>
  typeof path === 'string' ? path : [...path];
