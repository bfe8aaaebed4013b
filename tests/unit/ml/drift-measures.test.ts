import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  binOf,
  quantile,
  quantileEdges,
  stabilityIndex,
  wordDivergence,
} from '#ml/drift-measures.ts';

const divergence = (batch: readonly number[], reference: readonly number[]): number =>
  wordDivergence(
    {
      counts: batch,
      touched: batch.flatMap((count, word) => (count > 0 ? [word] : [])),
      total: batch.reduce((sum, count) => sum + count, 0),
    },
    {
      countOf: (word) => reference[word] ?? 0,
      total: reference.reduce((sum, count) => sum + count, 0),
    },
  );

const histogram = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 5 });
const counted = histogram.filter((counts) => counts.some((count) => count > 0));

describe('the stability index', () => {
  test('is what NumPy makes of the same shares', () => {
    // ((p - q) * log(p / q)).sum() with half a row added to each bin
    expect(stabilityIndex([3, 7, 10, 0], [20, 20, 20, 20])).toBeCloseTo(0.7612223769414049, 12);
  });

  test('is 0 for equal shares, above 0 otherwise, and the same both ways', () => {
    expect(stabilityIndex([4, 8], [4, 8])).toBe(0);
    fc.assert(
      fc.property(histogram, histogram, (a, b) => {
        expect(stabilityIndex(a, b)).toBeGreaterThanOrEqual(0);
        expect(stabilityIndex(a, b)).toBeCloseTo(stabilityIndex(b, a), 10);
      }),
      { seed: 11 },
    );
  });

  test('stays finite where a bin is empty', () => {
    expect(stabilityIndex([0, 10], [10, 0])).toBeGreaterThan(1);
    expect(stabilityIndex([0, 10], [10, 0])).toBeLessThan(10);
  });
});

describe('the divergence of word frequencies', () => {
  test('is what SciPy says', () => {
    // scipy.spatial.distance.jensenshannon(a, b, base=2) ** 2
    expect(divergence([5, 0, 3, 2, 1], [10, 4, 0, 6, 20])).toBeCloseTo(0.32165084552651096, 12);
  });

  test('is 0 for equal frequencies, 1 where no word is shared, 0 without words', () => {
    expect(divergence([2, 4, 6], [1, 2, 3])).toBeCloseTo(0, 12);
    expect(divergence([1, 0], [0, 5])).toBe(1);
    expect(divergence([0, 0], [3, 5])).toBe(0);
  });

  test('lies between 0 and 1 and is the same both ways', () => {
    fc.assert(
      fc.property(counted, counted, (a, b) => {
        const value = divergence(a, b);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        expect(value).toBeCloseTo(divergence(b, a), 10);
      }),
      { seed: 12 },
    );
  });
});

describe('bins of scores', () => {
  test('are of about equal size, and an edge belongs to the bin above it', () => {
    const edges = quantileEdges([5, 1, 3, 2, 4, 6], 3);
    expect(edges).toEqual([3, 5]);
    expect([0, 2.9, 3, 4.9, 5, 99].map((value) => binOf(value, edges))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('are fewer where many scores are equal', () => {
    expect(quantileEdges([1, 1, 1, 1], 4)).toEqual([1]);
  });

  test('a quantile is a value that was there', () => {
    const values = Float64Array.of(1, 2, 3, 4);
    expect([0, 0.25, 0.5, 0.51, 1].map((share) => quantile(values, share))).toEqual([
      1, 1, 2, 3, 4,
    ]);
  });
});
