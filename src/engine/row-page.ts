import type { RowPage } from '#domain/datasets.ts';
import type { ContentHash } from '#domain/ids.ts';
import type { DatasetDayRecord } from '#domain/records.ts';
import { rowText, UNLABELLED, type RowBatch } from '#domain/rows.ts';

/** A text may have a megabyte, and nobody reads that in a table. */
const SHOWN_LETTERS = 1_000;
const MOST_ROWS = 200;

/** Some rows of a day, from whichever of its chunks they lie in. */
export async function rowPage(
  { rows, chunks = [] }: DatasetDayRecord,
  read: (hash: ContentHash) => Promise<RowBatch>,
  from: number,
  limit: number,
): Promise<RowPage> {
  const to = from + Math.min(limit, MOST_ROWS);
  const shown: RowPage['rows'][number][] = [];
  let at = 0;
  const take = (batch: RowBatch): void => {
    for (let row = Math.max(0, from - at); row < Math.min(batch.count, to - at); row++)
      shown.push(shownRow(batch, row));
  };
  take(rows);
  at += rows.count;
  for (const chunk of chunks) {
    if (at < to && at + chunk.rows > from) take(await read(chunk.hash));
    at += chunk.rows;
  }
  return { rows: shown, total: at };
}

function shownRow(batch: RowBatch, row: number): RowPage['rows'][number] {
  const text = rowText(batch, row);
  const label = batch.labels[row];
  return {
    id: batch.ids[row] ?? '',
    domain: batch.domains[row] ?? '',
    label: label === 0 || label === 1 ? label : UNLABELLED,
    text: text.slice(0, SHOWN_LETTERS),
    cut: text.length > SHOWN_LETTERS,
  };
}
