import { CALIBRATION_BINS } from '#domain/evaluation.ts';
import type { Ranked } from './ranked.ts';

/** What a pass reads of rows: single ones, or groups of them that stand for their mean. */
export type Cells = Pick<
  Ranked,
  'count' | 'called' | 'labels' | 'errors' | 'squares' | 'losses' | 'bins' | 'lastOfTie'
>;

/** One value a metric, in the order of `METRICS`; NaN where it has none. */
export type MetricValues = Float64Array;

/** What a pass over rows adds up. */
interface Sums {
  truePositive: number;
  falsePositive: number;
  positives: number;
  negatives: number;
  /** Under the ROC curve, in pairs. */
  pairs: number;
  /** Precision by positive row. */
  precision: number;
  loss: number;
  square: number;
  calibration: number;
}

/**
 * All metrics of the rows in one pass, each counted as often as `weights` says (once, where there are none).
 * Definitions as of scikit-learn 1.9 (accuracy_score, precision_score, recall_score, f1_score, roc_auc_score,
 * average_precision_score, log_loss, brier_score_loss), but that a metric without a value is none instead of 0.
 */
export function metricsOf(cells: Cells, weights?: Float64Array): MetricValues {
  const sums = addUp(cells, weights);
  const { truePositive, falsePositive, positives, negatives } = sums;
  const rows = positives + negatives;
  const trueNegative = negatives - falsePositive;
  const over = (part: number, whole: number): number => (whole === 0 ? NaN : part / whole);
  return Float64Array.of(
    over(truePositive + trueNegative, rows),
    over(truePositive, truePositive + falsePositive),
    over(truePositive, positives),
    over(2 * truePositive, truePositive + falsePositive + positives),
    over(sums.pairs, positives * negatives),
    over(sums.precision, positives),
    over(sums.loss, rows),
    over(sums.square, rows),
    over(sums.calibration, rows),
  );
}

function addUp(cells: Cells, weights: Float64Array | undefined): Sums {
  const { count, called, labels, errors, squares, losses, bins, lastOfTie } = cells;
  const distance = new Float64Array(CALIBRATION_BINS);
  let [positives, negatives, positivesBefore, negativesBefore] = [0, 0, 0, 0];
  let [truePositive, falsePositive, pairs, precision, loss, square] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    const label = labels[i]!;
    if (label === 1) positives += weight;
    else negatives += weight;
    loss += weight * losses[i]!;
    square += weight * squares[i]!;
    distance[bins[i]!]! += weight * errors[i]!;
    if (i === called - 1) [truePositive, falsePositive] = [positives, negatives];
    if (lastOfTie[i] === 0) continue;
    pairs += (negatives - negativesBefore) * (positives + positivesBefore) * 0.5;
    if (positives > positivesBefore)
      precision += ((positives - positivesBefore) * positives) / (positives + negatives);
    positivesBefore = positives;
    negativesBefore = negatives;
  }
  const calibration = distance.reduce((sum, one) => sum + Math.abs(one), 0);
  return {
    truePositive,
    falsePositive,
    positives,
    negatives,
    pairs,
    precision,
    loss,
    square,
    calibration,
  };
}
