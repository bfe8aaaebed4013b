import { ADDED_IN_3, ADDED_IN_4, VERSION_1, VERSION_2, type StoreLayout } from './layout.ts';
import { noteUses } from './note-uses.ts';

/**
 * From one version to the next, inside the upgrade transaction. On the browser's own objects: a migration knows
 * the stores of its version, which the types of today have forgotten.
 */
type Migration = (db: IDBDatabase, transaction: IDBTransaction) => void;

/** Position i leads from version i to version i + 1. Invariant: entries are appended, never changed. */
const MIGRATIONS: readonly Migration[] = [createVersion1, addVersion2, addUses, addRowChunks];

export const DATABASE_VERSION = MIGRATIONS.length;

export function migrate(
  db: IDBDatabase,
  transaction: IDBTransaction,
  from: number,
  to = DATABASE_VERSION,
): void {
  for (const migration of MIGRATIONS.slice(from, to)) migration(db, transaction);
}

function createVersion1(db: IDBDatabase): void {
  for (const [name, layout] of Object.entries(VERSION_1)) createStore(db, name, layout);
}

/** Stores that version 1 lacked, and the indexes that its `flowRuns` lacked. */
function addVersion2(db: IDBDatabase, transaction: IDBTransaction): void {
  for (const name of ['cache', 'artifacts', 'limits'] as const)
    createStore(db, name, VERSION_2[name]);
  const { byParent, byHooksDue } = VERSION_2.flowRuns.indexes;
  const flowRuns = transaction.objectStore('flowRuns');
  flowRuns.createIndex('byParent', [...byParent.keyPath]);
  flowRuns.createIndex('byHooksDue', [...byHooksDue.keyPath]);
}

/** Records of earlier versions say nothing about who uses what: it is noted for them here. */
function addUses(db: IDBDatabase, transaction: IDBTransaction): void {
  for (const [name, layout] of Object.entries(ADDED_IN_3)) createStore(db, name, layout);
  noteUses(transaction);
}

/** Days of earlier versions hold their rows themselves, and go on doing so. */
function addRowChunks(db: IDBDatabase): void {
  for (const [name, layout] of Object.entries(ADDED_IN_4)) createStore(db, name, layout);
}

function createStore(db: IDBDatabase, name: string, layout: StoreLayout): void {
  const store = db.createObjectStore(name, { keyPath: mutable(layout.keyPath) });
  for (const [index, { keyPath, unique = false }] of Object.entries(layout.indexes))
    store.createIndex(index, [...keyPath], { unique });
}

const mutable = (path: StoreLayout['keyPath']): string | string[] =>
  typeof path === 'string' ? path : [...path];
