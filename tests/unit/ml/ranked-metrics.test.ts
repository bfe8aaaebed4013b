import { describe, expect, test } from 'vitest';
import { METRICS } from '#domain/evaluation.ts';
import { rank } from '#ml/ranked.ts';
import { metricsOf } from '#ml/ranked-metrics.ts';

const byName = (scores: readonly number[], labels: readonly number[]) => {
  const values = metricsOf(rank(scores, labels));
  return Object.fromEntries(METRICS.map((metric, place) => [metric, values[place]]));
};

/** Computed with scikit-learn 1.9.1; scores are log odds, a score above 0 is called positive. */
const CASES = [
  {
    scores: [2.5, -1, 0.5, -3, 1, 0.5, -0.25, 1.75],
    labels: [1, 1, 0, 0, 1, 1, 0, 0],
    expected: {
      accuracy: 0.625,
      precision: 0.6,
      recall: 0.75,
      f1: 0.6666666666666666,
      rocAuc: 0.65625,
      prAuc: 0.7095238095238094,
      logLoss: 0.7110397499474852,
      brier: 0.257785672399362,
    },
  },
  {
    scores: [0.5, 0.5, 0.5, -0.5, -0.5, -2, 3, 3, -2, 0.5],
    labels: [1, 0, 1, 0, 1, 0, 1, 1, 1, 0],
    expected: {
      accuracy: 0.6,
      precision: 0.6666666666666666,
      recall: 0.6666666666666666,
      f1: 0.6666666666666666,
      rocAuc: 0.6666666666666666,
      prAuc: 0.7597222222222222,
      logLoss: 0.6695492630314069,
      brier: 0.2384488982876729,
    },
  },
] as const;

describe('metrics of ranked rows', () => {
  test.each(CASES)(
    'are those of scikit-learn, with and without ties',
    ({ scores, labels, expected }) => {
      const found = byName(scores, labels);
      for (const [metric, value] of Object.entries(expected))
        expect(found[metric], metric).toBeCloseTo(value, 12);
    },
  );

  test('calibration error is the distance of the bins from the diagonal, by rows', () => {
    // Two bins: probability 0.5 twice with one positive, and 0.9 with none: 1/3 of 0.9.
    const sure = Math.log(9);
    expect(byName([0, 0, sure], [1, 0, 0])['calibrationError']).toBeCloseTo(0.9 / 3, 12);
  });

  test('count each row as often as its weight says', () => {
    const scores = [1, 0.2, -0.4, 2];
    const labels = [1, 0, 1, 0];
    const doubled = metricsOf(rank([...scores, 1], [...labels, 1]));
    const ranked = rank(scores, labels);
    const weights = Float64Array.from(ranked.order, (row) => (row === 0 ? 2 : 1));
    expect([...metricsOf(ranked, weights)]).toEqual([...doubled]);
  });
});
