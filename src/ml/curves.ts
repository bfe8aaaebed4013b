import {
  CALIBRATION_BINS,
  MAX_CURVE_POINTS,
  type CalibrationBin,
  type Curve,
} from '#domain/evaluation.ts';
import type { Ranked } from './ranked.ts';

type Point = readonly [x: number, y: number];
const NONE: Curve = { x: [], y: [] };

/** False positive rate over true positive rate at every score, from (0, 0) to (1, 1). */
export function rocCurve(ranked: Ranked): Curve {
  const { positives, negatives } = countsOf(ranked);
  if (positives === 0 || negatives === 0) return NONE;
  return thinned([
    [0, 0],
    ...stepsOf(ranked, (right, wrong): Point => [wrong / negatives, right / positives]),
  ]);
}

/** Recall over precision at every score, from the surest rows to all of them. */
export function precisionRecallCurve(ranked: Ranked): Curve {
  const { positives } = countsOf(ranked);
  if (positives === 0) return NONE;
  const points = stepsOf(ranked, (right, wrong): Point => [
    right / positives,
    right / (right + wrong),
  ]);
  return thinned([[0, points[0]?.[1] ?? 1], ...points]);
}

/** What the model said beside what was found, by probability; bins without rows are left out. */
export function calibrationBins({ count, bins, probabilities, labels }: Ranked): CalibrationBin[] {
  const sums = Array.from({ length: CALIBRATION_BINS }, () => ({ rows: 0, said: 0, found: 0 }));
  for (let i = 0; i < count; i++) {
    const bin = sums[bins[i] ?? 0];
    if (!bin) continue;
    bin.rows++;
    bin.said += probabilities[i] ?? 0;
    bin.found += labels[i] ?? 0;
  }
  return sums.flatMap(({ rows, said, found }, i) => {
    const [low, high] = [i / CALIBRATION_BINS, (i + 1) / CALIBRATION_BINS];
    return rows === 0 ? [] : [{ low, high, rows, said: said / rows, found: found / rows }];
  });
}

function countsOf({ labels, count }: Ranked) {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return { positives, negatives: count - positives };
}

/** A point wherever the score changes: how many rows so far are positive, and how many are not. */
function stepsOf(
  { count, labels, lastOfTie }: Ranked,
  point: (right: number, wrong: number) => Point,
): readonly Point[] {
  const points: Point[] = [];
  let right = 0;
  for (let i = 0; i < count; i++) {
    right += labels[i] ?? 0;
    if (lastOfTie[i] === 1) points.push(point(right, i + 1 - right));
  }
  return points;
}

/** Corners only, and of these at most as many as are drawn, at even distances along the curve, with both ends. */
function thinned(points: readonly Point[]): Curve {
  const corners = points.filter((point, i) => !isBetween(points[i - 1], point, points[i + 1]));
  const kept = corners.length <= MAX_CURVE_POINTS ? corners : evenly(corners);
  return { x: kept.map(([x]) => rounded(x)), y: kept.map(([, y]) => rounded(y)) };
}

function isBetween(before: Point | undefined, [x, y]: Point, after: Point | undefined): boolean {
  if (!before || !after) return false;
  const cross = (x - before[0]) * (after[1] - before[1]) - (y - before[1]) * (after[0] - before[0]);
  return Math.abs(cross) < 1e-12;
}

function evenly(points: readonly Point[]): readonly Point[] {
  const lengths = [0];
  points.forEach((point, i) => {
    const before = points[i - 1];
    if (before)
      lengths.push(
        (lengths[i - 1] ?? 0) + Math.abs(point[0] - before[0]) + Math.abs(point[1] - before[1]),
      );
  });
  const step = (lengths.at(-1) ?? 0) / (MAX_CURVE_POINTS - 2);
  let next = 0;
  return points.filter((_, i) => {
    const [at = 0, isLast] = [lengths[i], i === points.length - 1];
    if (at < next && !isLast) return false;
    next = (Math.floor(at / step) + 1) * step;
    return true;
  });
}

/** Six digits: more are not seen, and a stored curve is half as long. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
