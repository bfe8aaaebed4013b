import * as v from 'valibot';
import {
  CALIBRATION_BINS,
  MAX_CURVE_POINTS,
  MAX_MISTAKES,
  MAX_SHOWN_TEXT,
  MAX_SLICE_NAME,
  MAX_SLICES,
  type Measurements,
} from './evaluation.ts';

const finite = v.pipe(v.number(), v.finite());
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const list = <S extends v.GenericSchema>(item: S, max: number) =>
  v.pipe(v.array(item), v.maxLength(max), v.readonly());

const measured = v.union([
  v.object({ value: finite, low: finite, high: finite }),
  v.object({ absent: text(200) }),
]);
const measurements = v.object({
  accuracy: measured,
  precision: measured,
  recall: measured,
  f1: measured,
  rocAuc: measured,
  prAuc: measured,
  logLoss: measured,
  brier: measured,
  calibrationError: measured,
} satisfies Record<keyof Measurements, typeof measured>);

const curve = v.pipe(
  v.object({ x: list(fraction, MAX_CURVE_POINTS), y: list(fraction, MAX_CURVE_POINTS) }),
  v.check(({ x, y }) => x.length === y.length, 'a curve has not as many y as x'),
);

/** An evaluation as author code may bring it: nothing of it is believed before. */
export const evaluationSchema = v.object({
  rows: count,
  positives: count,
  metrics: measurements,
  accuracyWilson: v.object({ low: fraction, high: fraction }),
  bootstrap: v.object({ replicates: count, seed: finite }),
  confusion: v.object({
    truePositive: count,
    falsePositive: count,
    trueNegative: count,
    falseNegative: count,
  }),
  roc: curve,
  precisionRecall: curve,
  calibration: list(
    v.object({ low: fraction, high: fraction, rows: count, said: fraction, found: fraction }),
    CALIBRATION_BINS,
  ),
  slices: list(
    v.object({
      name: text(MAX_SLICE_NAME),
      rows: count,
      positives: count,
      metrics: measurements,
    }),
    MAX_SLICES,
  ),
  slicesLeftOut: count,
  mistakes: list(
    v.object({
      id: text(200),
      text: text(MAX_SHOWN_TEXT),
      label: v.picklist([0, 1]),
      probability: fraction,
    }),
    MAX_MISTAKES,
  ),
});
