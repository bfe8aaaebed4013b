import { multiplyTransposed, type SparseMatrix } from './sparse.ts';

/**
 * The Naive Bayes log-count ratio of each feature: log of (its share among the features of positive rows / its
 * share among those of negative rows), counts smoothed. Wang and Manning 2012, "Baselines and Bigrams".
 * @param matrix rows x features
 * @param labels one 0 or 1 a row
 */
export function logCountRatios(
  matrix: SparseMatrix,
  labels: Uint8Array,
  smoothing: number,
): Float32Array {
  const positive = multiplyTransposed(matrix, labels);
  const negative = multiplyTransposed(
    matrix,
    labels.map((label) => 1 - label),
  );
  const log = Math.log(sum(positive, smoothing) / sum(negative, smoothing));
  return positive.map(
    (count, f) => Math.log((count + smoothing) / ((negative[f] ?? 0) + smoothing)) - log,
  );
}

const sum = (counts: Float32Array, smoothing: number): number =>
  counts.reduce((total, count) => total + count, smoothing * counts.length);
