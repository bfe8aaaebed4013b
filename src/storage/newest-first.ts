/** Five to ten times faster than a cursor; not in every browser yet, nor in TypeScript's library. */
interface OffersRecords<R> {
  getAllRecords(options: {
    readonly query: IDBKeyRange;
    readonly direction: 'prev';
    readonly count?: number;
  }): Promise<readonly { readonly value: R }[]>;
}

interface Cursor<R> {
  readonly value: R;
  continue(): Promise<Cursor<R> | null>;
}

/** An object store or an index, as idb wraps them. */
interface Source<R> {
  openCursor(query: IDBKeyRange, direction: 'prev'): Promise<Cursor<R> | null>;
}

const offersRecords = <R>(source: Source<R>): source is Source<R> & OffersRecords<R> =>
  'getAllRecords' in source;

/** In descending order of the key. */
export async function newestFirst<R>(
  source: Source<R>,
  query: IDBKeyRange,
  count?: number,
): Promise<readonly R[]> {
  if (!offersRecords(source)) return byCursor(source, query, count);
  const found = await source.getAllRecords({ query, direction: 'prev', count });
  return found.map(({ value }) => value);
}

async function byCursor<R>(
  source: Source<R>,
  query: IDBKeyRange,
  count = Infinity,
): Promise<readonly R[]> {
  const values: R[] = [];
  let cursor = await source.openCursor(query, 'prev');
  while (cursor !== null) {
    values.push(cursor.value);
    cursor = values.length < count ? await cursor.continue() : null;
  }
  return values;
}
