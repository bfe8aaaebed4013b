import type { Optimizer, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Tensors } from './tensor.ts';
import type { TrainingProblem } from './training-problem.ts';
import {
  logLossOf,
  savedTensor,
  servingWeights,
  type BatchOfRows,
  type ServingWeights,
  type TrainingRun,
  type TrainingState,
} from './training-run.ts';

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** A training over all rows by any optimizer of the library. */
export class OptimizerRun implements TrainingRun {
  readonly #tf: Tensors;
  readonly #problem: TrainingProblem;
  readonly #optimizer: Optimizer;
  readonly #columnScale: Tensor1D;
  readonly #weights: Variable;
  readonly #bias: Variable;
  /** The optimizer hands out its counter as a new tensor each time. */
  #counter: NamedTensor | undefined;

  constructor(tf: Tensors, problem: TrainingProblem, optimizer: Optimizer) {
    this.#tf = tf;
    this.#problem = problem;
    this.#optimizer = optimizer;
    this.#columnScale = tf.tensor1d(problem.columnScale);
    this.#weights = tf.tidy(() => tf.variable(tf.zeros([problem.matrix.columns])));
    this.#bias = tf.tidy(() => tf.variable(tf.zeros([1])));
  }

  async descend(rows: BatchOfRows): Promise<number> {
    const loss = this.#optimizer.minimize(
      () => logLossOf(this.#tf, rows, this.#columnScale, [this.#weights, this.#bias]),
      true,
      [this.#weights, this.#bias],
    );
    const value = (await loss?.data())?.[0] ?? NaN;
    loss?.dispose();
    return value;
  }

  weights(): ServingWeights {
    return servingWeights(this.#weights.dataSync(), this.#bias.dataSync(), this.#problem);
  }

  async capture(step: number): Promise<() => TrainingState> {
    this.#counter?.tensor.dispose();
    const [counter, ...moments] = await this.#optimizer.getWeights();
    this.#counter = counter;
    const kept = [
      { name: 'weights', tensor: this.#weights },
      { name: 'bias', tensor: this.#bias },
      ...(counter ? [counter] : []),
      ...moments,
    ];
    return () => ({
      iteration: step,
      tensors: kept.map(({ name, tensor }) => savedTensor(name, tensor)),
    });
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
    this.#tf.dispose([this.#columnScale, this.#weights, this.#bias]);
    this.#optimizer.dispose();
  }
}
