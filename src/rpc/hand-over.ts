import * as Comlink from 'comlink';
import type { ImportBatch } from '#domain/datasets.ts';

/** Rows cross without being copied; who sends them has them no more. */
export const handOver = (batch: ImportBatch): ImportBatch =>
  Comlink.transfer(
    batch,
    [batch.rows.text, batch.rows.ends, batch.rows.labels, ...(batch.days ? [batch.days] : [])].map(
      ({ buffer }) => buffer as ArrayBuffer,
    ),
  );
