import type { Snapshot, SnapshotRequest } from '#domain/author-host.ts';
import type { HostRequest } from '#domain/host-api.ts';
import { RowJoiner } from '#domain/row-joiner.ts';
import type { RowBatch } from '#domain/rows.ts';
import type { SnapshotHead } from '#domain/snapshot-head.ts';

type Ask = <T>(request: HostRequest) => Promise<T>;

/** So many pieces are asked for at a time: the engine reads the next while this one is put in its place. */
const AHEAD = 4;

/** The rows of a large day come in pieces, so that no message is long. */
export async function readSnapshot(ask: Ask, request: SnapshotRequest): Promise<Snapshot> {
  const head = await ask<SnapshotHead>({ method: 'readSnapshot', ...request });
  const days: Snapshot['days'][number][] = [];
  for (const { day, rows, pieces } of head.days)
    days.push({
      day,
      rows: pieces ? await joinPieces(ask, { dataset: head.dataset, day }, pieces) : rows,
    });
  return { ...head, days };
}

async function joinPieces(
  ask: Ask,
  of: { readonly dataset: string; readonly day: number },
  pieces: readonly { readonly rows: number; readonly bytes: number }[],
): Promise<RowBatch> {
  const joiner = new RowJoiner({
    rows: pieces.reduce((sum, { rows }) => sum + rows, 0),
    bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const read = (piece: number) => ask<RowBatch>({ method: 'readRows', ...of, piece });
  for (let first = 0; first < pieces.length; first += AHEAD) {
    const some = pieces.slice(first, first + AHEAD);
    for (const batch of await Promise.all(some.map((_, i) => read(first + i)))) joiner.add(batch);
  }
  return joiner.finish();
}
