import { beforeAll, describe, expect, test } from 'vitest';
import { crossValidate, stratifiedFolds } from '#ml/cross-validation.ts';
import { someRows } from './some-reviews.ts';

// TensorFlow.js takes seconds to load in Node; no test should wait for it.
beforeAll(async () => {
  await import('#ml/tensor-library.ts');
}, 60_000);

describe('cross-validation', () => {
  test('scores every row by a model that did not see it', async () => {
    const rows = someRows(300);
    const result = await crossValidate(rows, stratifiedFolds(rows, 3, 1), { iterations: 10 });
    expect(result.folds.length).toBe(3);
    expect(result.evaluation.heldOut).toBe(300);
    expect(result.evaluation.accuracy).toBeGreaterThan(0.8);
    expect(result.scores.every((score) => score !== 0)).toBe(true);
  });

  test('finds nothing to learn in labels that mean nothing', async () => {
    const rows = someRows(300);
    const noise = { ...rows, labels: rows.labels.map((_, row) => (row >> 1) & 1) };
    const { evaluation } = await crossValidate(noise, stratifiedFolds(noise, 3, 1), {
      iterations: 10,
    });
    expect(evaluation.accuracy).toBeLessThan(0.65);
  });

  test('spreads the labels evenly over the folds', () => {
    const rows = someRows(100);
    const folds = stratifiedFolds(rows, 5, 1);
    for (let fold = 0; fold < 5; fold++) {
      const labels = rows.labels.filter((_, row) => folds[row] === fold);
      expect([labels.length, labels.reduce((sum, label) => sum + label, 0)]).toEqual([20, 10]);
    }
  });
});
