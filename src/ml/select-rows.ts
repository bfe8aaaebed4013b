import type { RowBatch } from '#domain/rows.ts';
import { seededOrder } from './seeded.ts';

/** Some rows of a batch. */
export interface Selection {
  readonly batch: RowBatch;
  /** Row numbers, ascending. */
  readonly rows: readonly number[];
}

/** The selected rows of all batches, as one batch. */
export function selectRows(selections: readonly Selection[]): RowBatch {
  const count = selections.reduce((sum, { rows }) => sum + rows.length, 0);
  const text = new Uint8Array(selections.reduce((sum, one) => sum + bytesOf(one), 0));
  const ends = new Uint32Array(count);
  const labels = new Uint8Array(count);
  const ids: string[] = [];
  const domains: string[] = [];
  let at = 0;
  for (const { batch, rows } of selections)
    for (const row of rows) {
      const from = startOf(batch, row);
      const to = batch.ends[row] ?? 0;
      text.set(batch.text.subarray(from, to), at);
      labels[ids.length] = batch.labels[row] ?? 0;
      ends[ids.length] = at += to - from;
      ids.push(batch.ids[row] ?? '');
      domains.push(batch.domains[row] ?? '');
    }
  return { count, text, ends, labels, ids, domains };
}

const bytesOf = ({ batch, rows }: Selection): number =>
  rows.reduce((sum, row) => sum + (batch.ends[row] ?? 0) - startOf(batch, row), 0);

/** The same rows with a share (0..1) of the labels turned round, chosen by the seed: corrupt data on purpose. */
export function flipLabels(batch: RowBatch, share: number, seed: number): RowBatch {
  const flipped = seededOrder(batch.count, seed).subarray(0, Math.round(batch.count * share));
  const labels = batch.labels.slice();
  for (const row of flipped) labels[row] = 1 - (labels[row] ?? 0);
  return { ...batch, labels };
}

export const everyRow = ({ count }: Pick<RowBatch, 'count'>): readonly number[] =>
  Array.from({ length: count }, (_, row) => row);

const startOf = (batch: RowBatch, row: number): number => batch.ends[row - 1] ?? 0;
