import type { Optimizer, Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Tensors } from './tensor.ts';
import type { TrainingProblem } from './training-problem.ts';

/** All that scoring needs: one weight a feature with its column scale in it, and a bias. */
export interface ServingWeights {
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Enough to go on later: the variables, and what the optimizer remembers. */
export interface TrainingState {
  /** The last iteration that is in it. */
  readonly iteration: number;
  readonly tensors: readonly SavedTensor[];
}

export interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** The tensors of one training; whoever makes it disposes it. */
export class TrainingRun {
  readonly #tf: Tensors;
  readonly #problem: TrainingProblem;
  readonly #optimizer: Optimizer;
  readonly #constants: Readonly<Record<'columnScale' | 'rowScale' | 'labels', Tensor1D>>;
  readonly #weights: Variable;
  readonly #bias: Variable;
  /** The optimizer hands out its counter as a new tensor each time. */
  #counter: NamedTensor | undefined;

  constructor(tf: Tensors, problem: TrainingProblem, optimizer: Optimizer) {
    this.#tf = tf;
    this.#problem = problem;
    this.#optimizer = optimizer;
    this.#constants = {
      columnScale: tf.tensor1d(problem.columnScale),
      rowScale: tf.tensor1d(problem.rowScale),
      labels: tf.tensor1d(problem.labels),
    };
    this.#weights = tf.tidy(() => tf.variable(tf.zeros([problem.matrix.columns])));
    this.#bias = tf.tidy(() => tf.variable(tf.zeros([1])));
  }

  /** One step of the optimizer over all rows. @returns the loss before the step */
  async descend(): Promise<number> {
    const loss = this.#optimizer.minimize(() => this.#loss(), true, [this.#weights, this.#bias]);
    const value = (await loss?.data())?.[0] ?? NaN;
    loss?.dispose();
    return value;
  }

  weights(): ServingWeights {
    return servingWeights(this.#weights.dataSync(), this.#bias.dataSync(), this.#problem);
  }

  /** @returns reads the state when called, so that nothing is copied when nobody asks */
  async capture(iteration: number): Promise<() => TrainingState> {
    this.#counter?.tensor.dispose();
    const [counter, ...moments] = await this.#optimizer.getWeights();
    this.#counter = counter;
    const kept = [
      { name: 'weights', tensor: this.#weights },
      { name: 'bias', tensor: this.#bias },
      ...(counter ? [counter] : []),
      ...moments,
    ];
    return () => ({ iteration, tensors: kept.map(saved) });
  }

  async restore({ tensors }: TrainingState): Promise<void> {
    const { tensor } = this.#tf;
    const restored = tensors.map(({ name, shape, values }) => ({
      name,
      tensor: tensor(values, [...shape]),
    }));
    const [weights, bias, ...optimizer] = restored;
    if (weights) this.#weights.assign(weights.tensor);
    if (bias) this.#bias.assign(bias.tensor);
    await this.#optimizer.setWeights(optimizer);
    this.#tf.dispose(restored.map((one) => one.tensor));
  }

  dispose(): void {
    this.#counter?.tensor.dispose();
    this.#tf.dispose([...Object.values(this.#constants), this.#weights, this.#bias]);
    this.#optimizer.dispose();
  }

  /** Mean of log(1 + e^z) - y z, the log loss of a logistic regression; z = row scale * (matrix (column scale * weights)) + bias. */
  #loss(): Scalar {
    const tf = this.#tf;
    const { columnScale, rowScale, labels } = this.#constants;
    const scaled = tf.mul<Tensor1D>(columnScale, this.#weights);
    const z = tf.add(tf.mul(rowScale, tf.sparseTimesVector(this.#problem, scaled)), this.#bias);
    return tf.mean(tf.sub(tf.softplus(z), tf.mul(labels, z)));
  }
}

/** The weights of a saved state, as `weights()` would give them. */
export function restoredWeights(
  { tensors: [weights, bias] }: TrainingState,
  problem: TrainingProblem,
): ServingWeights {
  return servingWeights(weights?.values ?? [], bias?.values ?? [], problem);
}

function servingWeights(
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  { columnScale }: TrainingProblem,
): ServingWeights {
  const scaled = new Float32Array(columnScale.length);
  for (let f = 0; f < scaled.length; f++) scaled[f] = (columnScale[f] ?? 0) * (weights[f] ?? 0);
  return { weights: scaled, bias: bias[0] ?? 0 };
}

const saved = ({ name, tensor }: NamedTensor): SavedTensor => ({
  name,
  shape: tensor.shape,
  values: Float32Array.from(tensor.dataSync()),
});
