import type { Cell } from '#domain/artifacts.ts';
import {
  METRICS,
  type CalibrationBin,
  type Curve,
  type Estimate,
  type Evaluation,
  type Measured,
  type Metric,
  type SliceEvaluation,
} from '#domain/evaluation.ts';
import { metric, percent } from './numbers.ts';
import { sliceName } from './slice-name.ts';

const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  accuracy: 'Accuracy',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  rocAuc: 'ROC AUC',
  prAuc: 'PR AUC (average precision)',
  logLoss: 'Log loss',
  brier: 'Brier score',
  calibrationError: 'Calibration error',
};

export interface MetricRow {
  readonly name: string;
  readonly value: string;
  /** `0.907 to 0.946`; why there is no value, where there is none. */
  readonly interval: string;
}

export const metricRows = ({ metrics }: Evaluation): readonly MetricRow[] =>
  METRICS.map((one) => {
    const measured = metrics[one];
    return 'value' in measured
      ? { name: METRIC_NAMES[one], value: metric(measured.value), interval: intervalText(measured) }
      : { name: METRIC_NAMES[one], value: 'none', interval: measured.absent };
  });

export const intervalText = ({ low, high }: Omit<Estimate, 'value'>): string =>
  `${metric(low)} to ${metric(high)}`;

export interface SliceRow {
  readonly name: string;
  readonly rows: number;
  readonly accuracy: string;
  /** Per cent of the scale; absent where there is no accuracy. */
  readonly whisker?: { readonly from: number; readonly at: number; readonly to: number };
}

export interface SliceTable {
  readonly rows: readonly SliceRow[];
  /** Ends of the scale that the whiskers stand on. */
  readonly low: number;
  readonly high: number;
  /** Where the accuracy of all rows stands, in per cent. */
  readonly overall?: number;
}

/** Intervals of fewer rows do not widen the scale: they end at its edge. */
const ROWS_OF_SCALE = 30;

/** Accuracy of each slice on one scale: from a round tenth below the lowest to 1. */
export function sliceTable({ slices, metrics }: Evaluation): SliceTable {
  const lows = slices.flatMap(({ rows, metrics: { accuracy } }) =>
    'value' in accuracy && rows >= ROWS_OF_SCALE ? [accuracy.low] : [],
  );
  const low = Math.min(0.9, Math.floor(Math.min(1, ...lows) * 10) / 10);
  const share = (value: number): number => Math.max(0, ((value - low) / (1 - low)) * 100);
  const { accuracy } = metrics;
  return {
    low,
    high: 1,
    ...('value' in accuracy ? { overall: share(accuracy.value) } : {}),
    rows: slices.map((slice) => sliceRow(slice, share)),
  };
}

function sliceRow(
  { name, rows, metrics: { accuracy } }: SliceEvaluation,
  share: (value: number) => number,
): SliceRow {
  if (!('value' in accuracy)) return { name: sliceName(name), rows, accuracy: accuracy.absent };
  const { value, low, high } = accuracy;
  return {
    name: sliceName(name),
    rows,
    accuracy: `${metric(value)} (${intervalText(accuracy)})`,
    whisker: { from: share(low), at: share(value), to: share(high) },
  };
}

/** What a curve shows, for those who do not see it. */
export function curveWords(what: string, area: Measured): string {
  return 'value' in area
    ? `${what}: the area under it is ${metric(area.value)}, 95 % interval ${intervalText(area)}.`
    : `${what}: there is none, because ${area.absent}.`;
}

export function calibrationWords(bins: readonly CalibrationBin[], error: Measured): string {
  const furthest = [...bins].sort(
    (a, b) => Math.abs(b.said - b.found) - Math.abs(a.said - a.found),
  )[0];
  if (!furthest || !('value' in error)) return 'Calibration: there are no rows.';
  return `Calibration: the expected error is ${metric(error.value)}. Furthest off: where it said ${percent(furthest.said)}, ${percent(furthest.found)} were positive.`;
}

interface Numbers {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export const curveTable = ({ x, y }: Curve, xName: string, yName: string): Numbers => ({
  columns: [xName, yName],
  rows: x.map((value, i) => [value, y[i] ?? null]),
});

export const calibrationTable = (bins: readonly CalibrationBin[]): Numbers => ({
  columns: ['said, mean', 'found positive', 'rows'],
  rows: bins.map(({ said, found, rows }) => [said, found, rows]),
});
