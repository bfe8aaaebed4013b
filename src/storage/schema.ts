import type { IDBPDatabase, IDBPTransaction } from 'idb';
import type { StoreName, StoreSchema } from '#domain/store.ts';
import { VERSION_4, type StoreLayout } from './layout.ts';

type Layout = typeof VERSION_4;

/** The layout this code reads and writes: that of the newest migration. */
export const LAYOUT: Readonly<Record<StoreName, StoreLayout>> = VERSION_4;

export const STORE_NAMES: readonly StoreName[] = Object.keys(VERSION_4) as StoreName[];

export type IndexName<S extends StoreName> = keyof Layout[S]['indexes'] & string;

type Mutable<K> = K extends readonly unknown[] ? [...K] : K;

/** `StoreSchema` and the layout in the words of idb. */
export type IndexedDbSchema = {
  [S in StoreName]: {
    key: Mutable<StoreSchema[S]['key']>;
    value: StoreSchema[S]['record'];
    indexes: { [I in IndexName<S>]: IDBValidKey };
  };
};

export type Database = IDBPDatabase<IndexedDbSchema>;
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<
  IndexedDbSchema,
  StoreName[],
  Mode
>;

/**
 * `/some/path/nightshift`, for a namespace `/some/path/nightshift:<namespace>`.
 * Two Nightshifts on one origin differ by their base path, and an origin shares its databases.
 */
export function databaseName(basePath: string, namespace?: string): string {
  const name = `${basePath.replace(/\/*$/, '/')}nightshift`;
  return namespace === undefined ? name : `${name}:${encodeURIComponent(namespace)}`;
}
