import { UNLABELLED } from '#domain/rows.ts';
import { stabilityIndex } from './drift-measures.ts';

/** What is known of every row of one side before anything is drawn from it. */
export interface RowFacts {
  readonly count: number;
  /** Of the score. */
  readonly bins: Uint8Array;
  /** Words of the text, and how many of them the model does not know. */
  readonly tokens: Uint32Array;
  readonly unknown: Uint32Array;
  /** 0, 1 or `UNLABELLED`. */
  readonly labels: Uint8Array;
  /** 1 where the model's answer is the label; means nothing without one. */
  readonly right: Uint8Array;
}

/** Sums over some rows. */
export interface Tally {
  readonly bins: Float64Array;
  tokens: number;
  unknown: number;
  labelled: number;
  positive: number;
  right: number;
}

/** What a tally of a batch is, seen from that of the reference; every one grows as the batch gets stranger. */
export interface RowMeasures {
  /** Population stability index of the scores. */
  readonly scores: number;
  /** Share of unknown words, less that of the reference. */
  readonly unknownWords: number;
  /** Distance of the shares of positive labels. */
  readonly labels: number;
  /** Accuracy of the reference, less that of the batch. */
  readonly accuracy: number;
}

/**
 * @param rows row numbers, any of them more than once
 * @param labelled how many of the rows, from the first on, may show their label
 */
export function tally(
  facts: RowFacts,
  rows: ArrayLike<number>,
  binCount: number,
  labelled = rows.length,
): Tally {
  const bins = new Float64Array(binCount);
  const found: Tally = { bins, tokens: 0, unknown: 0, labelled: 0, positive: 0, right: 0 };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    bins[facts.bins[row]!]! += 1;
    found.tokens += facts.tokens[row]!;
    found.unknown += facts.unknown[row]!;
    if (i >= labelled || facts.labels[row] === UNLABELLED) continue;
    found.labelled += 1;
    found.positive += facts.labels[row]!;
    found.right += facts.right[row]!;
  }
  return found;
}

export function compare(batch: Tally, reference: Tally): RowMeasures {
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    scores: stabilityIndex(batch.bins, reference.bins),
    unknownWords: share(batch.unknown, batch.tokens) - share(reference.unknown, reference.tokens),
    labels: Math.abs(
      share(batch.positive, batch.labelled) - share(reference.positive, reference.labelled),
    ),
    accuracy: share(reference.right, reference.labelled) - share(batch.right, batch.labelled),
  };
}
