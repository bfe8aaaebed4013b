import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { SparsePair } from './sparse-kernel.ts';
import type { Tensors } from './tensor.ts';
import type { TrainingProblem } from './training-problem.ts';

/** All that scoring needs: one weight a feature with its column scale in it, and a bias. */
export interface ServingWeights {
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Enough to go on later: the variables, and what the optimizer remembers. */
export interface TrainingState {
  /** The last step that is in it: an iteration over all rows, or a batch. */
  readonly iteration: number;
  readonly tensors: readonly SavedTensor[];
}

export interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The tensors of one training; whoever makes it disposes it. */
export interface TrainingRun {
  /** One step of the optimizer over some rows. @returns their loss before the step */
  descend(rows: BatchOfRows): Promise<number>;
  weights(): ServingWeights;
  /** @returns reads the state when called, so that nothing is copied when nobody asks */
  capture(step: number): Promise<() => TrainingState>;
  restore(state: TrainingState): Promise<void>;
  dispose(): void;
}

/** What one step looks at. */
export interface BatchOfRows extends SparsePair {
  /** Counted from 1. */
  readonly step: number;
  /** The features that its columns stand for; absent: all of them. */
  readonly used?: Uint32Array;
  /** One a row. */
  readonly rowScale: Float32Array;
  readonly labels: Float32Array;
}

/** Mean of log(1 + e^z) - y z, the log loss of a logistic regression; z = row scale * (matrix (column scale * weights)) + bias. */
export function logLossOf(
  tf: Tensors,
  rows: BatchOfRows,
  columnScale: Tensor1D,
  [weights, bias]: readonly [Tensor, Tensor],
): Scalar {
  const scaled = tf.mul<Tensor1D>(columnScale, weights);
  const sums = tf.sparseTimesVector(rows, scaled);
  const z = tf.add(tf.mul(tf.tensor1d(rows.rowScale), sums), bias);
  return tf.mean(tf.sub(tf.softplus(z), tf.mul(tf.tensor1d(rows.labels), z)));
}

export function servingWeights(
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  { columnScale }: TrainingProblem,
  /** Numbers from one weight to the next. */
  width = 1,
): ServingWeights {
  const scaled = new Float32Array(columnScale.length);
  for (let f = 0; f < scaled.length; f++)
    scaled[f] = (columnScale[f] ?? 0) * (weights[f * width] ?? 0);
  return { weights: scaled, bias: bias[0] ?? 0 };
}

export const savedTensor = (name: string, tensor: Tensor): SavedTensor => ({
  name,
  shape: tensor.shape,
  values: Float32Array.from(tensor.dataSync()),
});

/** The weights of a saved state, as `weights()` would give them. */
export function restoredWeights(
  { tensors: [weights, bias] }: TrainingState,
  problem: TrainingProblem,
): ServingWeights {
  return servingWeights(weights?.values ?? [], bias?.values ?? [], problem, weights?.shape[1]);
}
