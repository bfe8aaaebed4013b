import { beforeAll, describe, expect, test } from 'vitest';
import * as tf from '#ml/tensor-library.ts';

const SCALES = [1, 2, 3, 4];
/** Weights at 0.5, no moments yet. */
const table = (scales: readonly number[] = SCALES) =>
  tf.tensor(Float32Array.from(scales.flatMap((scale) => [0.5, 0, 0, scale])), [4, 4]);
const rowsOf = (values: tf.Tensor) => values.arraySync() as number[][];
const GRADIENTS = [
  [0.3, -2, 1e-4, 5],
  [-0.2, -1, 3e-4, 1],
  [0, 4, -1e-4, 2],
];

describe('the step of Adam', () => {
  beforeAll(async () => {
    expect(await tf.initTensors(undefined)).toBe('cpu');
  });

  test('is that of TensorFlow.js where every parameter is used', () => {
    const own = table([1, 1, 1, 1]);
    const theirs = tf.variable(tf.tensor1d([0.5, 0.5, 0.5, 0.5]));
    const optimizer = tf.train.adam(0.1, 0.9, 0.999, 1e-7);
    GRADIENTS.forEach((gradient, i) => {
      tf.adamStep(own, tf.tensor1d(gradient), { learningRate: 0.1, step: i + 1 });
      optimizer.applyGradients([{ name: theirs.name, tensor: tf.tensor1d(gradient) }]);
    });
    const weights = tf.gatherWeights(own);
    theirs.dataSync().forEach((weight, i) => expect(weights.dataSync()[i]).toBeCloseTo(weight, 5));
  });

  test('touches nothing of a parameter that is not used, and its scale never', () => {
    const own = table();
    const before = rowsOf(own);
    const used = Uint32Array.of(1, 3);
    tf.adamStep(own, tf.tensor1d([1, -1]), { learningRate: 0.1, step: 1, used });
    const after = rowsOf(own);
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(after[1]?.[0]).toBeCloseTo(0.4, 5);
    expect(after[3]?.[0]).toBeCloseTo(0.6, 5);
    expect(after.map((row) => row[3])).toEqual(SCALES);
  });

  test('is that of the weight, for a gradient of what the scale made of it', () => {
    const own = table();
    const used = Uint32Array.of(2);
    const plain = table([1, 1, 1, 1]);
    tf.adamStep(own, tf.tensor1d([0.25]), { learningRate: 0.1, step: 1, used });
    tf.adamStep(plain, tf.tensor1d([0.75]), { learningRate: 0.1, step: 1, used });
    expect(rowsOf(own)[2]?.slice(0, 3)).toEqual(rowsOf(plain)[2]?.slice(0, 3));
  });

  test('goes with weights that are given scaled, in the order in which they are used', () => {
    expect([...tf.gatherWeights(table(), Uint32Array.of(3, 0)).dataSync()]).toEqual([2, 0.5]);
    expect([...tf.gatherWeights(table()).dataSync()]).toEqual([0.5, 1, 1.5, 2]);
  });
});
