import type { RowBatch } from '#domain/rows.ts';
import { grouped } from './dataset-facts.ts';

/** Of each label: fewer say nothing about a class. */
const LEAST_OF_EACH = 2;

/** The training rows cannot be learned from. */
export class BadTrainingRows extends Error {
  override readonly name = 'BadTrainingRows';
}

/** @throws BadTrainingRows when a class is missing or next to missing */
export function refuseBadRows({ count, labels }: Pick<RowBatch, 'count' | 'labels'>): void {
  const positive = labels.reduce((sum, label) => sum + label, 0);
  const negative = count - positive;
  if (Math.min(positive, negative) >= LEAST_OF_EACH) return;
  const constant = count > 0 && (positive === 0 || negative === 0);
  throw new BadTrainingRows(
    `SentimentModel.fit: of ${grouped(count)} training rows ${grouped(positive)} are positive and ${grouped(negative)} negative, ` +
      `and at least ${LEAST_OF_EACH} of each are needed. ` +
      (constant
        ? 'The label is the same in every row: look at the label column and at what is mapped to which label.'
        : 'Import more rows, or rows of later days.'),
  );
}

/** @throws BadTrainingRows when there is nothing to weigh */
export function refuseNoFeatures(features: number, rows: number, minCount: number): void {
  if (features > 0) return;
  throw new BadTrainingRows(
    `SentimentModel.fit: no word stands in at least ${minCount} of the ${grouped(rows)} training rows. ` +
      (minCount > 1
        ? 'Lower minCount, or look at the text column.'
        : 'Their texts are empty or hold no letters: look at the text column.'),
  );
}
