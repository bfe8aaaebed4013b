import {
  METRICS,
  type Estimate,
  type Measured,
  type Measurements,
  type Metric,
} from '#domain/evaluation.ts';
import type { PairedCounts } from '#domain/paired-tests.ts';
import { metricsOf, type MetricValues } from './ranked-metrics.ts';
import type { Ranked } from './ranked.ts';
import { seededRandom } from './seeded.ts';

export const REPLICATES = 1000;
const OUTSIDE = 0.025;

/**
 * Every metric with its 95 % percentile interval over 1,000 resamplings of the rows. Each row is drawn a number of times
 * that is Poisson distributed with mean 1 instead of exactly as many rows in all (Chamandy et al. 2012): the same
 * interval from some hundred rows up, and one pass over the rows a replicate. A replicate without a value (one label
 * only) is left out. The interval is widened to hold the estimate: resampling only ever adds to a calibration error.
 */
export function measureWithIntervals(ranked: Ranked, seed: number): Measurements {
  const values = metricsOf(ranked);
  const replicates = resampled(ranked, seed);
  return measurements((metric, place) => {
    const value = values[place] ?? NaN;
    if (Number.isNaN(value)) return { absent: whyAbsent(metric, ranked) };
    return interval(
      value,
      replicates.map((one) => one[place] ?? NaN),
    );
  });
}

function measurements(of: (metric: Metric, place: number) => Measured): Measurements {
  const all = METRICS.map((metric, place) => [metric, of(metric, place)] as const);
  return Object.fromEntries(all) as Record<Metric, Measured>;
}

function resampled(ranked: Ranked, seed: number): readonly MetricValues[] {
  const random = seededRandom(seed);
  const weights = new Uint8Array(ranked.count);
  return Array.from({ length: REPLICATES }, () => {
    drawWeights(weights, random);
    return metricsOf(ranked, weights);
  });
}

/** 95 % bootstrap interval of the challenger's accuracy minus the champion's, on the same rows. */
export function differenceInterval(
  { rows, onlyChallenger, onlyChampion }: PairedCounts,
  seed: number,
): { readonly low: number; readonly high: number } {
  if (rows === 0) return { low: 0, high: 0 };
  const random = seededRandom(seed);
  const weights = new Uint8Array(rows);
  const replicates = Array.from({ length: REPLICATES }, () => {
    drawWeights(weights, random);
    const sum = (from: number, to: number): number =>
      weights.subarray(from, to).reduce((all, one) => all + one, 0);
    const gained = sum(0, onlyChallenger);
    const lost = sum(onlyChallenger, onlyChallenger + onlyChampion);
    return (gained - lost) / (gained + lost + sum(onlyChallenger + onlyChampion, rows));
  });
  const { low, high } = interval((onlyChallenger - onlyChampion) / rows, replicates);
  return { low, high };
}

function interval(value: number, replicates: readonly number[]): Estimate {
  const sorted = Float64Array.from(replicates.filter((one) => !Number.isNaN(one))).sort();
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

/** How often a row is drawn, by 16 random bits: the distribution function of Poisson(1). */
const DRAWN = drawTable();

function drawTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  let [chance, below] = [Math.exp(-1), 0];
  for (let times = 0; times < 16; times++) {
    const from = Math.round(below * 0x10000);
    below += chance;
    table.fill(times, from, Math.round(below * 0x10000));
    chance /= times + 1;
  }
  return table;
}

/** Two rows a random number: 32 bits are enough for both. */
function drawWeights(weights: Uint8Array, random: () => number): void {
  for (let i = 0; i < weights.length; i += 2) {
    const bits = (random() * 0x100000000) >>> 0;
    weights[i] = DRAWN[bits & 0xffff]!;
    if (i + 1 < weights.length) weights[i + 1] = DRAWN[bits >>> 16]!;
  }
}
