import {
  MAX_MISTAKES,
  MAX_SHOWN_TEXT,
  METRICS,
  type Evaluation,
  type Measurements,
  type Metric,
  type Mistake,
} from '#domain/evaluation.ts';
import type { SliceEvidence } from '#domain/gate.ts';
import { rowText, type RowBatch } from '#domain/rows.ts';
import { measureWithIntervals, REPLICATES } from './bootstrap.ts';
import { calibrationBins, precisionRecallCurve, rocCurve } from './curves.ts';
import { evaluate, wilson, type EvaluationNumbers } from './evaluation.ts';
import { rank, type Ranked } from './ranked.ts';
import { metricsOf } from './ranked-metrics.ts';
import { slicesOf } from './slices.ts';

/**
 * All that is measured of scored rows. The same for the same rows in any order.
 * @param scores log odds, above 0 is positive; one a row
 * @param seed of the bootstrap
 */
export function evaluateRows(batch: RowBatch, scores: ArrayLike<number>, seed: number): Evaluation {
  const ranked = rank(scores, batch.labels);
  const { slices, leftOut } = slicesOf(batch);
  const numbers = evaluate(scores, batch.labels);
  const { truePositive, falsePositive, trueNegative, falseNegative } = numbers;
  return {
    rows: batch.count,
    positives: truePositive + falseNegative,
    metrics: measureWithIntervals(ranked, seed),
    accuracyWilson: wilson(truePositive + trueNegative, batch.count),
    bootstrap: { replicates: REPLICATES, seed },
    confusion: { truePositive, falsePositive, trueNegative, falseNegative },
    roc: rocCurve(ranked),
    precisionRecall: precisionRecallCurve(ranked),
    calibration: calibrationBins(ranked),
    slices: slices.map(({ name, rows }) => {
      const slice = rankedRows(batch, scores, rows);
      return {
        name,
        rows: rows.length,
        positives: slice.labels.reduce((sum, label) => sum + label, 0),
        metrics: measureWithIntervals(slice, seed),
      };
    }),
    slicesLeftOut: leftOut,
    mistakes: mistakesOf(batch, ranked),
  };
}

/** As plain numbers, for lists and for the version that is saved: what has no value is left out. */
export function numbersOf(
  { metrics }: { readonly metrics: Measurements },
  counted: EvaluationNumbers,
): Readonly<Record<string, number>> {
  const measured = METRICS.flatMap((metric) => {
    const one = metrics[metric];
    return 'value' in one ? [[metric, one.value] as const] : [];
  });
  return { ...Object.fromEntries(measured), ...counted };
}

/** Values over all rows, without intervals. */
export const overallMetrics = (
  batch: RowBatch,
  scores: ArrayLike<number>,
): Readonly<Record<string, number>> => plainMetrics(rank(scores, batch.labels));

/** The same, and of the slices: what a gate decides from. */
export function measureRows(
  batch: RowBatch,
  scores: ArrayLike<number>,
): {
  readonly metrics: Readonly<Record<string, number>>;
  readonly slices: Readonly<Record<string, SliceEvidence>>;
} {
  const slices = slicesOf(batch).slices.map(({ name, rows }) => [
    name,
    { rows: rows.length, metrics: plainMetrics(rankedRows(batch, scores, rows)) },
  ]);
  return {
    metrics: overallMetrics(batch, scores),
    slices: Object.fromEntries(slices) as Record<string, SliceEvidence>,
  };
}

function plainMetrics(
  ranked: Ranked,
): Readonly<Partial<Record<Metric, number>>> & Record<string, number> {
  const values = metricsOf(ranked);
  const known = METRICS.map((metric, place) => [metric, values[place] ?? NaN] as const);
  return Object.fromEntries(known.filter(([, value]) => !Number.isNaN(value)));
}

function rankedRows(
  { labels }: RowBatch,
  scores: ArrayLike<number>,
  rows: readonly number[],
): Ranked {
  return rank(
    rows.map((row) => scores[row] ?? 0),
    rows.map((row) => labels[row] ?? 0),
  );
}

/** The surest first; rows of one score by their id, so that the order they came in changes nothing. */
function mistakesOf(batch: RowBatch, ranked: Ranked): readonly Mistake[] {
  const sureness = (probability: number): number => Math.abs(probability - 0.5);
  const wrong = Array.from(ranked.order, (row, i) => ({
    id: (batch.ids[row] ?? '').slice(0, 200),
    row,
    label: binary(ranked.labels[i]),
    probability: ranked.probabilities[i] ?? 0,
    isWrong: i < ranked.called !== (ranked.labels[i] === 1),
  })).filter(({ isWrong }) => isWrong);
  return wrong
    .sort(
      (a, b) =>
        sureness(b.probability) - sureness(a.probability) ||
        (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    )
    .slice(0, MAX_MISTAKES)
    .map(({ id, row, label, probability }) => ({
      id,
      text: shownText(batch, row, MAX_SHOWN_TEXT),
      label,
      probability,
    }));
}

export const binary = (label: number | undefined): 0 | 1 => (label === 1 ? 1 : 0);

/** The text of a row, or its beginning. */
export function shownText(batch: RowBatch, row: number, most: number): string {
  const text = rowText(batch, row);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
