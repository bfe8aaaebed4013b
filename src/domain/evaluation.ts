/** Of the positive class, on held-out rows. Each lies between 0 and 1, but for `logLoss`, which has no upper end. */
export const METRICS = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  /** Share of pairs of a positive and a negative row in which the positive one scores higher; a tie is half. */
  'rocAuc',
  /** Average precision: precision at each positive row, averaged; not interpolated. */
  'prAuc',
  /** Mean negative log likelihood, natural logarithm. */
  'logLoss',
  /** Mean square of probability minus label. */
  'brier',
  /** Expected calibration error: distance of the bins from the diagonal, weighed by their rows. */
  'calibrationError',
] as const;
export type Metric = (typeof METRICS)[number];

export const isMetric = (name: string): name is Metric => METRICS.some((metric) => metric === name);

const LOWER_IS_BETTER: ReadonlySet<string> = new Set<Metric>([
  'logLoss',
  'brier',
  'calibrationError',
]);
export const lowerIsBetter = (metric: string): boolean => LOWER_IS_BETTER.has(metric);

/** A value with its 95 % bootstrap interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Where a metric has no value, why: `every row is positive`. Never NaN. */
export type Measured = Estimate | { readonly absent: string };
export type Measurements = Readonly<Record<Metric, Measured>>;

export interface ConfusionMatrix {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

/** As many `y` as `x`. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Rows whose probability of "positive" lies from `low` up to `high`. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  /** Mean of the probabilities. */
  readonly said: number;
  /** Share of the rows that are positive. */
  readonly found: number;
}

export interface SliceEvaluation {
  /** `domain:phones`; `length:11-20` in words. */
  readonly name: string;
  readonly rows: number;
  readonly positives: number;
  readonly metrics: Measurements;
}

/** A row that the model got wrong. */
export interface Mistake {
  readonly id: string;
  /** Its beginning, where it is long. */
  readonly text: string;
  /** What it is; the model said the other. */
  readonly label: 0 | 1;
  /** Of "positive". */
  readonly probability: number;
}

/** What a model did on labelled rows: counts, metrics with intervals, curves, slices, and where it went wrong. */
export interface Evaluation {
  readonly rows: number;
  readonly positives: number;
  readonly metrics: Measurements;
  /** Wilson's 95 % interval of the accuracy, beside the bootstrap one: it holds for few rows and for none wrong. */
  readonly accuracyWilson: { readonly low: number; readonly high: number };
  /** How the intervals were made. */
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  readonly confusion: ConfusionMatrix;
  /** False positive rate over true positive rate; empty when a label is missing. At most `MAX_CURVE_POINTS`. */
  readonly roc: Curve;
  /** Recall over precision; empty when no row is positive. */
  readonly precisionRecall: Curve;
  /** Those of ten of equal width that hold rows. */
  readonly calibration: readonly CalibrationBin[];
  /** Of domains and of lengths; those with most rows, in order of their name. */
  readonly slices: readonly SliceEvaluation[];
  /** How many slices were left out. */
  readonly slicesLeftOut: number;
  /** Those the model was surest of first. */
  readonly mistakes: readonly Mistake[];
}

export const MAX_CURVE_POINTS = 200;
export const MAX_SLICES = 60;
export const MAX_MISTAKES = 20;
/** Of a text that is shown beside a score. */
export const MAX_SHOWN_TEXT = 500;
export const CALIBRATION_BINS = 10;
export const MAX_SLICE_NAME = 80;
