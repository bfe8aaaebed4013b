import { grouped } from './dataset-facts.ts';

/**
 * A feature takes at most 12 bytes in a model's file (two word numbers and a weight) and 12 in a checkpoint (a weight
 * and two moments); either may be 64 MB long.
 */
export const MAX_FEATURES = 4_000_000;
/** Of the rows, rare ones included: the table that counts them takes at most 512 MB. */
export const MAX_TERMS = 16_000_000;

export class TooManyFeatures extends Error {
  override readonly name = 'TooManyFeatures';
}

/** @throws TooManyFeatures */
export function refuseTooMany(features: number, minCount: number, limit = MAX_FEATURES): void {
  if (features <= limit) return;
  throw new TooManyFeatures(
    `SentimentModel.fit: the training rows hold ${grouped(features)} different words and pairs of words that stand in at least ` +
      `${minCount} rows each, and a model holds at most ${grouped(limit)}. Raise minCount (now ${minCount}), or train on fewer rows.`,
  );
}

/** @throws TooManyFeatures */
export function refuseTooManyTerms(terms: number, limit = MAX_TERMS): void {
  if (terms <= limit) return;
  throw new TooManyFeatures(
    `SentimentModel.fit: the training rows hold more than ${grouped(limit)} different words and pairs of words, rare ones ` +
      'included, and counting them would not fit into memory. Train on fewer rows or on shorter texts.',
  );
}
