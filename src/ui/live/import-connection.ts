import type { ImportBatch } from '#domain/datasets.ts';
import type { ImporterApi } from '#domain/import-plan.ts';

/** The import worker as the page reaches it. */
export interface ImportConnection {
  readonly api: Omit<ImporterApi, 'listen'>;
  /** Marks rows so that they cross without being copied. */
  readonly handOver: (batch: ImportBatch) => ImportBatch;
  close(): void;
}
