import { openDB } from 'idb';

const STORE = 'files';

export interface Kept {
  readonly value: Uint8Array;
  readonly putMs: number;
  readonly getMs: number;
}

/** Writes bytes to a database of their own, as one value, and reads them back. */
export async function throughIndexedDb(bytes: Uint8Array<ArrayBuffer>): Promise<Kept> {
  const database = await openDB('bench-files', 1, {
    upgrade: (opened) => void opened.createObjectStore(STORE),
  });
  const startedAt = performance.now();
  await database.put(STORE, bytes.buffer, 'one');
  const putAt = performance.now();
  const value = new Uint8Array((await database.get(STORE, 'one')) as ArrayBuffer);
  const getMs = performance.now() - putAt;
  database.close();
  return { value, putMs: putAt - startedAt, getMs };
}
