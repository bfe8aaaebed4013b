import type { StoreLayout } from './layout.ts';

/** What IndexedDB takes as a key, as far as our records use it. */
export type Key = number | string | readonly Key[];

/** Both ends belong to it. */
export interface KeyRange {
  readonly lower: Key;
  readonly upper: Key;
}

/** An empty array sorts after every number and every text: the end of whatever stands at its place. */
const END: Key = [];

/** All keys, compound ones excepted. */
export const PLAIN_KEYS: KeyRange = { lower: -Infinity, upper: END };

/**
 * Compound keys that begin with `prefix` and go on with a part from `from` to `until`.
 * Where more parts follow, keys with `until` itself lie beyond the range: `[5, 'x']` sorts after `[5]`.
 */
export function within(prefix: readonly Key[], from: Key = -Infinity, until: Key = END): KeyRange {
  return { lower: [...prefix, from], upper: [...prefix, until] };
}

/** Sorts after every letter of a key of ours. */
const LAST = '\uffff';

/** How some keys begin, for a database and for a table whose keys are JSON. */
export interface Beginning {
  readonly range: KeyRange;
  readonly json: string;
}

/** Texts that begin so. */
export const textBeginning = (text: string): Beginning => ({
  range: { lower: text, upper: text + LAST },
  json: open(text),
});

/** Compound keys whose first part is this text. */
export const firstPart = (part: string): Beginning => ({
  range: within([part]),
  json: `[${JSON.stringify(part)},`,
});

/** Compound keys whose first part begins so. */
export const firstPartBeginning = (text: string): Beginning => ({
  range: { lower: [text], upper: [text + LAST] },
  json: `[${open(text)}`,
});

/** As JSON, to be gone on with. */
const open = (text: string): string => JSON.stringify(text).slice(0, -1);

export const isEmpty = (range: KeyRange): boolean => compareKeys(range.lower, range.upper) > 0;

export const includes = (range: KeyRange, key: Key): boolean =>
  compareKeys(range.lower, key) <= 0 && compareKeys(key, range.upper) <= 0;

/** IndexedDB's order: numbers, then texts by UTF-16 units, then arrays part by part. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'object' && typeof b === 'object') return compareParts(a, b);
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return rank(a) - rank(b);
}

function compareParts(a: readonly Key[], b: readonly Key[]): number {
  for (const [i, part] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order = compareKeys(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const rank = (key: Key): number => (typeof key === 'number' ? 0 : typeof key === 'string' ? 1 : 2);

/** The key at a path of a record; undefined where the record has none, and an index then leaves it out. */
export function keyAt(record: object, path: StoreLayout['keyPath']): Key | undefined {
  if (typeof path === 'string') return keyOf(fieldAt(record, path));
  const parts = path.flatMap((part) => keyOf(fieldAt(record, part)) ?? []);
  return parts.length === path.length ? parts : undefined;
}

function fieldAt(record: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isObject(value) ? Reflect.get(value, name) : undefined),
      record,
    );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const keyOf = (value: unknown): number | string | undefined =>
  typeof value === 'string' || (typeof value === 'number' && !Number.isNaN(value))
    ? value
    : undefined;
