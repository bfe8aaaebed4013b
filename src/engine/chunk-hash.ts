import type { ContentHash } from '#domain/ids.ts';
import type { Hasher } from '#domain/ports.ts';
import type { RowBatch } from '#domain/rows.ts';

/** Over all columns. */
export const chunkHash = (hasher: Hasher, rows: RowBatch): Promise<ContentHash> =>
  hasher.hash(
    joined(JSON.stringify([[...rows.labels], [...rows.ends], rows.ids, rows.domains]), rows.text),
  );

/** Of a day and of all days before it. @param before hash of the day before; empty for the first */
export const dayHash = (
  hasher: Hasher,
  before: ContentHash | '',
  day: number,
  chunks: readonly ContentHash[],
): Promise<ContentHash> =>
  hasher.hash(joined([before, day, ...chunks].join('\n'), new Uint8Array()));

export function joined(head: string, tail: Uint8Array): ArrayBuffer {
  const first = new TextEncoder().encode(head);
  const all = new Uint8Array(first.length + tail.length);
  all.set(first);
  all.set(tail, first.length);
  return all.buffer;
}
