import { CALIBRATION_BINS } from '#domain/evaluation.ts';
import { lossOf } from './evaluation.ts';
import { probabilityOf } from './scorer.ts';

/**
 * Scored rows, the highest score first, with all that metrics need of each: so a resampling of the rows is a pass over
 * typed arrays. Rows of one score and label are the same row, so the order in which rows came changes nothing.
 */
export interface Ranked {
  readonly count: number;
  /** Rows that are called positive: the first so many. */
  readonly called: number;
  /** 0 or 1. */
  readonly labels: Uint8Array;
  readonly probabilities: Float64Array;
  /** Negative log likelihood of each row. */
  readonly losses: Float64Array;
  /** Of probability minus label. */
  readonly errors: Float64Array;
  readonly squares: Float64Array;
  /** Of probability: 0 .. CALIBRATION_BINS - 1. */
  readonly bins: Uint8Array;
  /** 1 where the next row has another score: curves have a point there. */
  readonly lastOfTie: Uint8Array;
  /** Which row of what was given stands here. */
  readonly order: Uint32Array;
}

/**
 * @param scores log odds, above 0 is positive
 * @param labels 0 or 1, one a score
 */
export function rank(scores: ArrayLike<number>, labels: ArrayLike<number>): Ranked {
  const count = scores.length;
  const score = (row: number): number => scores[row] ?? 0;
  const label = (row: number): number => labels[row] ?? 0;
  const order = Uint32Array.from({ length: count }, (_, row) => row).sort(
    (a, b) => score(b) - score(a) || label(b) - label(a) || a - b,
  );
  const probabilities = Float64Array.from(order, (row) => probabilityOf(score(row)));
  const errors = Float64Array.from(order, (row, i) => (probabilities[i] ?? 0) - label(row));
  return {
    count,
    called: order.reduce((sum, row) => sum + (score(row) > 0 ? 1 : 0), 0),
    labels: Uint8Array.from(order, label),
    probabilities,
    errors,
    squares: errors.map((error) => error * error),
    losses: Float64Array.from(order, (row) => lossOf(score(row), label(row))),
    bins: Uint8Array.from(probabilities, (p) =>
      Math.min(CALIBRATION_BINS - 1, Math.floor(p * CALIBRATION_BINS)),
    ),
    lastOfTie: Uint8Array.from(order, (row, i) =>
      i + 1 < count && score(order[i + 1] ?? 0) === score(row) ? 0 : 1,
    ),
    order,
  };
}
