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
  const picked = selections.flatMap(({ batch, rows }) => rows.map((row) => ({ batch, row })));
  const lengths = picked.map(({ batch, row }) => (batch.ends[row] ?? 0) - startOf(batch, row));
  const text = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  const ends = new Uint32Array(picked.length);
  let at = 0;
  picked.forEach(({ batch, row }, i) => {
    text.set(batch.text.subarray(startOf(batch, row), batch.ends[row]), at);
    ends[i] = at += lengths[i] ?? 0;
  });
  return {
    count: picked.length,
    text,
    ends,
    labels: Uint8Array.from(picked, ({ batch, row }) => batch.labels[row] ?? 0),
    ids: picked.map(({ batch, row }) => batch.ids[row] ?? ''),
    domains: picked.map(({ batch, row }) => batch.domains[row] ?? ''),
  };
}

/** The same rows with a share (0..1) of the labels turned round, chosen by the seed: corrupt data on purpose. */
export function flipLabels(batch: RowBatch, share: number, seed: number): RowBatch {
  const flipped = seededOrder(batch.count, seed).subarray(0, Math.round(batch.count * share));
  const labels = batch.labels.slice();
  for (const row of flipped) labels[row] = 1 - (labels[row] ?? 0);
  return { ...batch, labels };
}

const startOf = (batch: RowBatch, row: number): number => batch.ends[row - 1] ?? 0;
