import type { RowBatch } from '#domain/rows.ts';
import { learnFeatures } from './learn-features.ts';
import { logCountRatios } from './nb-ratio.ts';
import { rowScales, transpose, type SparseMatrix } from './sparse.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What the optimizer sees: a binary matrix, its two scales, and labels. */
export interface TrainingProblem {
  readonly vocabulary: Vocabulary;
  /** Rows x features. */
  readonly matrix: SparseMatrix;
  readonly transposed: SparseMatrix;
  /** One a feature: its Naive Bayes log-count ratio. */
  readonly columnScale: Float32Array;
  /** One a row. */
  readonly rowScale: Float32Array;
  /** 0 or 1, one a row. */
  readonly labels: Float32Array;
}

export function trainingProblem(
  rows: RowBatch,
  { minCount, smoothing }: { readonly minCount: number; readonly smoothing: number },
): TrainingProblem {
  const { vocabulary, matrix } = learnFeatures(rows, minCount);
  const transposed = transpose(matrix);
  return {
    vocabulary,
    matrix,
    transposed,
    columnScale: logCountRatios(transposed, rows.labels, smoothing),
    rowScale: rowScales(matrix),
    labels: Float32Array.from(rows.labels),
  };
}
