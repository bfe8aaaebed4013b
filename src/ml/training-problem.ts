import type { RowBatch } from '#domain/rows.ts';
import { learnFeatures, type LearnedFeatures } from './learn-features.ts';
import { logCountRatios } from './nb-ratio.ts';
import { rowScales, type SparseMatrix } from './sparse.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What the optimizer sees: a binary matrix, its two scales, and labels. */
export interface TrainingProblem {
  readonly vocabulary: Vocabulary;
  /** Rows x features. */
  readonly matrix: SparseMatrix;
  /** One a feature: its Naive Bayes log-count ratio. */
  readonly columnScale: Float32Array;
  /** One a row. */
  readonly rowScale: Float32Array;
  /** 0 or 1, one a row. */
  readonly labels: Float32Array;
}

/** @throws TooManyFeatures */
export const trainingProblem = (
  rows: RowBatch,
  plan: { readonly minCount: number; readonly smoothing: number },
): TrainingProblem => problemOf(learnFeatures(rows, plan.minCount), rows.labels, plan.smoothing);

export const problemOf = (
  { vocabulary, matrix }: LearnedFeatures,
  labels: Uint8Array,
  smoothing: number,
): TrainingProblem => ({
  vocabulary,
  matrix,
  columnScale: logCountRatios(matrix, labels, smoothing),
  rowScale: rowScales(matrix),
  labels: Float32Array.from(labels),
});
