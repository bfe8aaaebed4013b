import { beforeAll, describe, expect, test } from 'vitest';
import { transpose, type SparseMatrix } from '#ml/sparse.ts';
import * as tf from '#ml/tensor-library.ts';

/**
 * 1 0 1
 * 0 0 0
 * 1 1 0
 * 0 1 1
 */
const matrix: SparseMatrix = {
  rows: 4,
  columns: 3,
  offsets: Uint32Array.of(0, 2, 2, 4, 6),
  indices: Uint32Array.of(0, 2, 0, 1, 1, 2),
};
const pair = { matrix, transposed: transpose(matrix) };
const loss = (vector: tf.Tensor1D): tf.Scalar =>
  tf.sparseTimesVector(pair, vector).square().sub(0.5).square().sum().asScalar();

describe('the sparse kernel', () => {
  beforeAll(async () => {
    expect(await tf.initTensors(undefined)).toBe('cpu');
  });

  test('multiplies a binary matrix with a vector', async () => {
    const product = tf.sparseTimesVector(pair, tf.tensor1d([1, 10, 100]));
    expect([...(await product.data())]).toEqual([101, 0, 11, 110]);
  });

  test('multiplies with the transpose of the transpose as with the matrix', () => {
    expect(transpose(transpose(matrix))).toEqual(matrix);
  });

  test('has a gradient that agrees with numeric differences', async () => {
    const at = [0.3, -0.7, 1.1];
    const exact = await tf
      .grad((x: tf.Tensor) => loss(x.as1D()))(tf.tensor1d(at))
      .data();
    const step = 1e-3;
    at.forEach((value, i) => {
      const moved = (by: number) => loss(tf.tensor1d(at.with(i, value + by))).dataSync()[0] ?? NaN;
      expect(exact[i]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2);
    });
  });

  test('frees what it allocates', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      tf.grad((x: tf.Tensor) => loss(x.as1D()))(tf.tensor1d([1, 2, 3]));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
