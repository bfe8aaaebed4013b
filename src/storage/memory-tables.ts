import {
  Conflict,
  type StoredRecord,
  type StoreName,
  type StoreSchema,
  type Visit,
  type Write,
} from '#domain/store.ts';
import { compareKeys, includes, keyAt, type Key, type KeyRange } from './keys.ts';
import type { IndexLayout } from './layout.ts';
import type { Found, Query } from './reads.ts';
import { LAYOUT, STORE_NAMES } from './schema.ts';

type RecordOf<S extends StoreName> = StoreSchema[S]['record'];

/** Records by their primary key as JSON. */
export type Tables = { readonly [S in StoreName]: Map<string, RecordOf<S>> };

export const emptyTables = (): Tables => ({
  flows: new Map(),
  flowRuns: new Map(),
  taskRuns: new Map(),
  events: new Map(),
  lines: new Map(),
  journal: new Map(),
  values: new Map(),
  cache: new Map(),
  artifacts: new Map(),
  limits: new Map(),
  checkpoints: new Map(),
  datasets: new Map(),
  datasetDays: new Map(),
  rowChunks: new Map(),
  verdicts: new Map(),
  modelVersions: new Map(),
  aliases: new Map(),
  deployments: new Map(),
  ticks: new Map(),
  settings: new Map(),
  uses: new Map(),
  removals: new Map(),
});

type Undo = () => void;

/** All or none: what was done before a conflict is undone, last first. */
export function applyWrites(tables: Tables, writes: readonly Write[]): void {
  const undos: Undo[] = [];
  try {
    for (const write of writes) undos.push(applyWrite(tables, write));
  } catch (error) {
    for (const undo of undos.reverse()) undo();
    throw error;
  }
}

function applyWrite(tables: Tables, write: Write): Undo {
  if (write.op === 'delete') return replace(tables, write.store, idOf(write.key), undefined);
  const { store, record } = write;
  const key = keyAt(record, LAYOUT[store].keyPath);
  if (key === undefined) throw new TypeError(`${store}: the record has no valid key.`);
  const id = idOf(key);
  const taken = write.op === 'add' && tables[store].has(id);
  if (taken || takesUniqueKey(tables, store, id, record)) throw new Conflict(store, key);
  return replace(tables, store, id, record);
}

function replace<S extends StoreName>(
  tables: Tables,
  store: S,
  id: string,
  record: RecordOf<S> | undefined,
): Undo {
  const before = tables[store].get(id);
  if (record === undefined) tables[store].delete(id);
  else tables[store].set(id, record);
  return () => void replace(tables, store, id, before);
}

function takesUniqueKey(tables: Tables, store: StoreName, id: string, record: object): boolean {
  const unique = Object.values(LAYOUT[store].indexes).filter((index) => index.unique);
  return unique.some((index) =>
    [...tables[store]].some(([other, kept]) => other !== id && sameKey(index, record, kept)),
  );
}

function sameKey({ keyPath }: IndexLayout, a: object, b: object): boolean {
  const [key, other] = [keyAt(a, keyPath), keyAt(b, keyPath)];
  return key !== undefined && other !== undefined && compareKeys(key, other) === 0;
}

export function getRecord<S extends StoreName>(
  tables: Tables,
  store: S,
  key: StoreSchema[S]['key'],
): RecordOf<S> | undefined {
  return tables[store].get(idOf(key));
}

export function findRecords<S extends StoreName>(tables: Tables, query: Query<S>): Found<S> {
  const { keyPath, indexes } = LAYOUT[query.store];
  const path = indexes[query.index ?? '']?.keyPath ?? keyPath;
  const found = [...tables[query.store].values()].flatMap((record) => {
    const key = keyAt(record, path);
    if (key === undefined || !includes(query.range, key)) return [];
    // An index keeps records of equal keys in the order of their primary keys.
    return [{ order: [key, keyAt(record, keyPath) ?? []], record }];
  });
  found.sort((a, b) => compareKeys(a.order, b.order));
  if (query.backwards) found.reverse();
  return found.slice(0, query.limit).map(({ record }) => record);
}

export const findStored = (
  tables: Tables,
  records: readonly StoredRecord[],
): readonly (object | undefined)[] =>
  records.map(({ store, record }) => {
    const key = keyAt(record, LAYOUT[store].keyPath);
    return key === undefined ? undefined : tables[store].get(idOf(key));
  });

/** Sorts before and after every key. */
const EVERYTHING: KeyRange = { lower: -Infinity, upper: [[]] };

export function visitAll(tables: Tables, visit: Visit): void {
  for (const store of STORE_NAMES) {
    const records = findRecords(tables, { store, range: EVERYTHING });
    if (records.length > 0) visit(store, structuredClone(records));
  }
}

const idOf = (key: Key): string => JSON.stringify(key);
