import type { ContentHash } from '#domain/ids.ts';
import { isDatasetFacts, type DatasetFacts } from './dataset-facts.ts';

/** All that is known of a model without reading it: what crosses between workers. */
export type ModelFacts = {
  /** Of its file. */
  readonly hash: ContentHash;
  /** Length of its file. */
  readonly bytes: number;
  readonly features: number;
  /** Of the rows it was trained on. */
  readonly snapshot: string;
  /** Absent for models from before this was kept. */
  readonly data?: DatasetFacts;
  readonly backend: string;
  /** Its last evaluation; empty when it had none. */
  readonly metrics: Readonly<Record<string, number>>;
};

export function isModelFacts(data: Partial<Record<keyof ModelFacts, unknown>>): data is ModelFacts {
  return (
    [data.hash, data.snapshot, data.backend].every((text) => typeof text === 'string') &&
    Number.isInteger(data.bytes) &&
    Number.isInteger(data.features) &&
    (data.data === undefined || isRecord(data.data)) &&
    isNumbers(data.metrics)
  );
}

const isRecord = (value: unknown): value is DatasetFacts =>
  typeof value === 'object' && value !== null && isDatasetFacts(value);

/** A record of numbers only. */
export const isNumbers = (value: unknown): value is Readonly<Record<string, number>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => typeof one === 'number');
