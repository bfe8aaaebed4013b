import type { Snapshot } from '#domain/author-host.ts';
import { asContentHash } from '#domain/ids.ts';
import type { RowBatch } from '#domain/rows.ts';
import { packModel, unpackModel, type StoredModel } from '#ml/container.ts';
import { splitSnapshot } from '#ml/dataset.ts';
import { DriftReference, type DriftPlan } from '#ml/drift.ts';
import { DRAWS, FALSE_ALARMS, THRESHOLDS } from '#ml/drift-verdict.ts';
import { loadTensors } from '#ml/tensor.ts';
import { trainRows } from '#ml/train-rows.ts';

/** A model with the default settings, without a host. */
export async function trainedOn(rows: RowBatch): Promise<StoredModel> {
  const { tf } = await loadTensors();
  const trained = await trainRows(tf, rows);
  const lineage = { seed: 7, snapshot: 'test', backend: 'cpu', metrics: {}, createdBy: 'test' };
  return unpackModel(packModel({ trainedRows: rows.count, ...lineage }, trained));
}

/** A champion of these days as drift is measured against it. */
export async function referenceOf(days: readonly RowBatch[]): Promise<DriftReference> {
  const snapshot: Snapshot = {
    dataset: 'test',
    until: days.length,
    contentHash: asContentHash(`sha256-${'0'.repeat(64)}`),
    days: days.map((rows, i) => ({ day: i + 1, rows })),
  };
  const { train, heldOut } = splitSnapshot(snapshot, 7);
  return new DriftReference(await trainedOn(train), train, heldOut);
}

export const usualPlan = (seed = 7): DriftPlan => ({
  thresholds: THRESHOLDS,
  falseAlarms: FALSE_ALARMS,
  draws: DRAWS,
  seed,
});
