import {
  METRICS,
  type Estimate,
  type Measured,
  type Measurements,
  type Metric,
} from '#domain/evaluation.ts';
import type { PairedCounts } from '#domain/paired-tests.ts';
import { drawing } from './poisson.ts';
import { metricsOf, type MetricValues } from './ranked-metrics.ts';
import type { Ranked } from './ranked.ts';
import { resampling } from './resampling.ts';

export const REPLICATES = 1000;
const OUTSIDE = 0.025;

/**
 * Every metric with its 95 % percentile interval over 1,000 resamplings of the rows. Each row is drawn a number of times
 * that is Poisson distributed with mean 1 instead of exactly as many rows in all (Chamandy et al. 2012): the same
 * interval from some hundred rows up, and one pass over the rows a replicate; of many rows, over groups of neighbours
 * (see `resampling.ts`). A replicate without a value (one label
 * only) is left out. The interval is widened to hold the estimate: resampling only ever adds to a calibration error.
 */
export function measureWithIntervals(ranked: Ranked, seed: number): Measurements {
  const values = metricsOf(ranked);
  const replicates = resampled(ranked, seed);
  return measurements((metric, place) => {
    const value = values[place] ?? NaN;
    if (Number.isNaN(value)) return { absent: whyAbsent(metric, ranked) };
    return interval(value, columnOf(replicates, place));
  });
}

function measurements(of: (metric: Metric, place: number) => Measured): Measurements {
  const all = METRICS.map((metric, place) => [metric, of(metric, place)] as const);
  return Object.fromEntries(all) as Record<Metric, Measured>;
}

function resampled(ranked: Ranked, seed: number): readonly MetricValues[] {
  const { cells, draw } = resampling(ranked, seed);
  return Array.from({ length: REPLICATES }, () => metricsOf(cells, draw()));
}

/** 95 % bootstrap interval of the challenger's accuracy minus the champion's, on the same rows. */
export function differenceInterval(
  { rows, onlyChallenger, onlyChampion }: PairedCounts,
  seed: number,
): { readonly low: number; readonly high: number } {
  if (rows === 0) return { low: 0, high: 0 };
  const draw = drawing(
    Float64Array.of(onlyChallenger, onlyChampion, rows - onlyChallenger - onlyChampion),
    seed,
  );
  const replicates = new Float64Array(REPLICATES);
  let known = 0;
  for (let i = 0; i < REPLICATES; i++) {
    const [gained = 0, lost = 0, same = 0] = draw();
    const all = gained + lost + same;
    // Of a row or two it happens that none is drawn.
    if (all > 0) replicates[known++] = (gained - lost) / all;
  }
  const { low, high } = interval(
    (onlyChallenger - onlyChampion) / rows,
    replicates.subarray(0, known),
  );
  return { low, high };
}

/** The values that a metric has in the replicates that have one. */
function columnOf(replicates: readonly MetricValues[], place: number): Float64Array {
  const column = new Float64Array(replicates.length);
  let known = 0;
  for (const values of replicates) {
    const value = values[place]!;
    if (!Number.isNaN(value)) column[known++] = value;
  }
  return column.subarray(0, known);
}

/** @param replicates none is NaN; they are sorted in place */
function interval(value: number, replicates: Float64Array): Estimate {
  const sorted = replicates.sort();
  if (sorted.length === 0) return { value, low: value, high: value };
  return {
    value,
    low: Math.min(value, quantile(sorted, OUTSIDE)),
    high: Math.max(value, quantile(sorted, 1 - OUTSIDE)),
  };
}

/** Between the two nearest, as numpy does it. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

function whyAbsent(metric: Metric, { count, labels, called }: Ranked): string {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (count === 0) return 'there are no rows';
  if (positives === count) return 'every row is positive';
  if (metric === 'precision' && called === 0) return 'no row was called positive';
  return 'no row is positive';
}
