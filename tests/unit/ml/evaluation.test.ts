import { describe, expect, test } from 'vitest';
import { evaluate, logLoss, wilson } from '#ml/evaluation.ts';

describe('an evaluation', () => {
  test('counts each kind of answer', () => {
    expect(evaluate([2, -1, 0.5, -3, 1], [1, 1, 0, 0, 1])).toMatchObject({
      accuracy: 0.6,
      heldOut: 5,
      truePositive: 2,
      falsePositive: 1,
      trueNegative: 1,
      falseNegative: 1,
      precision: 2 / 3,
      recall: 2 / 3,
      f1: 2 / 3,
    });
  });

  test('calls a score of exactly 0 negative', () => {
    expect(evaluate([0], [0]).accuracy).toBe(1);
  });

  test('has plain zeros where nothing was called positive', () => {
    expect(evaluate([-1, -1], [0, 0])).toMatchObject({
      precision: 0,
      recall: 0,
      f1: 0,
      accuracy: 1,
    });
  });

  test('gives the interval of Wilson', () => {
    // 81 of 263: the example of Newcombe 1998, table I, 0.2553 to 0.3662.
    const { low, high } = wilson(81, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
  });

  test('keeps the interval within 0 and 1', () => {
    expect(wilson(10, 10).high).toBeCloseTo(1, 12);
    expect(wilson(10, 10).high).toBeLessThanOrEqual(1);
    expect(wilson(0, 10).low).toBe(0);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test('measures log loss without overflowing', () => {
    expect(logLoss([0, 0], [0, 1])).toBeCloseTo(Math.LN2, 12);
    expect(logLoss([-1000], [1])).toBe(1000);
    expect(logLoss([1000], [1])).toBe(0);
  });
});
