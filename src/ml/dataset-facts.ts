import type { DatasetFacts } from '#domain/models.ts';

export type { DatasetFacts } from '#domain/models.ts';

/** `1,440 train / 360 held-out reviews` */
export function describeCounts({ dataset, counts }: DatasetFacts): string {
  const rows = dataset === 'reviews' ? 'reviews' : 'rows';
  return `${grouped(counts.train)} train / ${grouped(counts.heldOut)} held-out ${rows}`;
}

/** `12,345`, the same wherever it runs. */
export const grouped = (count: number): string => count.toLocaleString('en-US');

type Unknown<T> = Partial<Record<keyof T, unknown>>;

export function isDatasetFacts(data: Unknown<DatasetFacts>): data is DatasetFacts {
  const { dataset, until, seed, contentHash, counts, flipped } = data;
  return (
    typeof dataset === 'string' &&
    typeof contentHash === 'string' &&
    Number.isInteger(until) &&
    Number.isSafeInteger(seed) &&
    isCounts(counts) &&
    (flipped === undefined || typeof flipped === 'number')
  );
}

function isCounts(value: unknown): value is DatasetFacts['counts'] {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'train' in value && 'heldOut' in value && [value.train, value.heldOut].every(Number.isInteger)
  );
}
