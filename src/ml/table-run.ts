import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from './tensor.ts';
import type { TrainingProblem } from './training-problem.ts';
import {
  logLossOf,
  servingWeights,
  type BatchOfRows,
  type SavedTensor,
  type ServingWeights,
  type TrainingRun,
  type TrainingState,
} from './training-run.ts';

/** A weight and its two moments. */
const SAVED_WIDTH = 3;

/**
 * A training by our own Adam, on a table of weights and their moments: the same for a batch of rows and for all of
 * them. The gradient is the library's, over the weights that the rows use.
 */
export class TableRun implements TrainingRun {
  readonly #tf: Tensors;
  readonly #problem: TrainingProblem;
  readonly #learningRate: number;
  #weights: Tensor;
  #bias: Tensor;

  constructor(tf: Tensors, problem: TrainingProblem, learningRate: number) {
    this.#tf = tf;
    this.#problem = problem;
    this.#learningRate = learningRate;
    this.#weights = this.#table(problem.columnScale);
    this.#bias = this.#table(Float32Array.of(1));
  }

  async descend(rows: BatchOfRows): Promise<number> {
    const tf = this.#tf;
    return tf.tidy(() => {
      const [weights, columnScale] = tf.gatherWeights(this.#weights, rows.used);
      const [bias] = tf.gatherWeights(this.#bias);
      const { value, grads } = tf.valueAndGrads((...parameters) =>
        logLossOf(tf, rows, columnScale, [parameters[0]!, parameters[1]!]),
      )([weights, bias]);
      const [ofWeights, ofBias] = grads;
      const how = { learningRate: this.#learningRate, step: rows.step };
      tf.adamStep(this.#weights, ofWeights!, { ...how, used: rows.used });
      tf.adamStep(this.#bias, ofBias!, how);
      return value.dataSync()[0] ?? NaN;
    });
  }

  weights(): ServingWeights {
    const table = this.#weights.dataSync();
    return servingWeights(table, this.#bias.dataSync(), this.#problem, this.#tf.TABLE_WIDTH);
  }

  async capture(step: number): Promise<() => TrainingState> {
    return () => ({
      iteration: step,
      tensors: [this.#saved('weights', this.#weights), this.#saved('bias', this.#bias)],
    });
  }

  async restore({ tensors: [weights, bias] }: TrainingState): Promise<void> {
    this.dispose();
    this.#weights = this.#table(this.#problem.columnScale, weights?.values);
    this.#bias = this.#table(Float32Array.of(1), bias?.values);
  }

  dispose(): void {
    this.#tf.dispose([this.#weights, this.#bias]);
  }

  /** Without the scales: they come from the rows. */
  #saved(name: string, table: Tensor): SavedTensor {
    const all = table.dataSync();
    const parameters = all.length / this.#tf.TABLE_WIDTH;
    const values = new Float32Array(parameters * SAVED_WIDTH);
    for (let row = 0; row < parameters; row++)
      for (let i = 0; i < SAVED_WIDTH; i++)
        values[row * SAVED_WIDTH + i] = all[row * this.#tf.TABLE_WIDTH + i]!;
    return { name, shape: [parameters, SAVED_WIDTH], values };
  }

  #table(scales: Float32Array, saved?: Float32Array): Tensor {
    const { TABLE_WIDTH, tensor } = this.#tf;
    const values = new Float32Array(scales.length * TABLE_WIDTH);
    for (let row = 0; row < scales.length; row++) {
      for (let i = 0; i < SAVED_WIDTH; i++)
        values[row * TABLE_WIDTH + i] = saved?.[row * SAVED_WIDTH + i] ?? 0;
      values[row * TABLE_WIDTH + SAVED_WIDTH] = scales[row]!;
    }
    return tensor(values, [scales.length, TABLE_WIDTH]);
  }
}
