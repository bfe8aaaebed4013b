/** What a model did on labelled rows, as plain numbers: the values of an `evaluation` metric and of a version. */
export type EvaluationNumbers = Readonly<
  Record<
    | 'accuracy'
    /** Rows scored. */
    | 'heldOut'
    /** 95 % interval of the accuracy. */
    | 'low'
    | 'high'
    /** Of the positive class; 0 where nothing was called or is positive. */
    | 'precision'
    | 'recall'
    | 'f1'
    | 'truePositive'
    | 'falsePositive'
    | 'trueNegative'
    | 'falseNegative',
    number
  >
>;

/**
 * @param scores log odds, above 0 is positive
 * @param labels 0 or 1, one a score
 */
export function evaluate(scores: ArrayLike<number>, labels: ArrayLike<number>): EvaluationNumbers {
  const cells = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++)
    cells[((scores[i] ?? 0) > 0 ? 2 : 0) + (labels[i] ?? 0)]! += 1;
  const [trueNegative = 0, falseNegative = 0, falsePositive = 0, truePositive = 0] = cells;
  const right = truePositive + trueNegative;
  return {
    accuracy: ratio(right, scores.length),
    heldOut: scores.length,
    ...wilson(right, scores.length),
    precision: ratio(truePositive, truePositive + falsePositive),
    recall: ratio(truePositive, truePositive + falseNegative),
    f1: ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
    truePositive,
    falsePositive,
    trueNegative,
    falseNegative,
  };
}

/** Negative log likelihood of one row; written so that large scores do not overflow. */
export function lossOf(score: number, label: number): number {
  const margin = label === 1 ? -score : score;
  return Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
}

/** Mean negative log likelihood. */
export function logLoss(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += lossOf(scores[i] ?? 0, labels[i] ?? 0);
  return ratio(sum, scores.length);
}

/** Two-sided 95 % of a normal distribution. */
const Z = 1.959964;

/** Wilson's score interval for `right` of `all`: unlike the usual one it stays within 0..1 and holds for few rows. */
export function wilson(
  right: number,
  all: number,
): { readonly low: number; readonly high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const share = right / all;
  const centre = share + (Z * Z) / (2 * all);
  const spread = Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all));
  const norm = 1 + (Z * Z) / all;
  return {
    low: Math.max(0, (centre - spread) / norm),
    high: Math.min(1, (centre + spread) / norm),
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
