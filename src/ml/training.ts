import type { Optimizer } from '@tensorflow/tfjs-core';
import type { Tensors } from './tensor.ts';
import type { TrainingPlan } from './training-plan.ts';
import type { TrainingProblem } from './training-problem.ts';
import { TrainingRun, type ServingWeights, type TrainingState } from './training-run.ts';

/** The optimizer must implement `getWeights` and `setWeights`, as those of TensorFlow.js do: checkpoints need them. */
export type MakeOptimizer = (tf: Tensors, learningRate: number) => Optimizer;

/** Epsilon is explicit: its default depends on the backend, and with it the weights. */
export const adam: MakeOptimizer = (tf, learningRate) =>
  tf.train.adam(learningRate, 0.9, 0.999, 1e-7);

/** What is known after one pass over all rows. */
export interface Iteration {
  /** Counted from 1. */
  readonly iteration: number;
  /** Mean log loss over the training rows, with the weights from before this iteration. */
  readonly loss: number;
  /** The weights after it. */
  readonly weights: ServingWeights;
  /** Valid until the next iteration is asked for. */
  readonly state: () => TrainingState;
}

export class TrainingDiverged extends Error {
  override readonly name = 'TrainingDiverged';
}

/**
 * Full-batch training, one iteration per `next()`: no host, no clock, no screen in it. Whoever stops early (break,
 * return, throw) frees the tensors too.
 * @param from goes on after this state instead of starting at zero weights
 * @throws TrainingDiverged when the loss is not a number
 */
export async function* trainingIterations(
  tf: Tensors,
  problem: TrainingProblem,
  plan: TrainingPlan,
  makeOptimizer: MakeOptimizer,
  from?: TrainingState,
): AsyncGenerator<Iteration, void, void> {
  const run = new TrainingRun(tf, problem, makeOptimizer(tf, plan.learningRate));
  try {
    if (from) await run.restore(from);
    for (let iteration = (from?.iteration ?? 0) + 1; iteration <= plan.iterations; iteration++) {
      const loss = await run.descend();
      if (!Number.isFinite(loss)) throw diverged(loss, iteration, plan);
      yield { iteration, loss, weights: run.weights(), state: await run.capture(iteration) };
    }
  } finally {
    run.dispose();
  }
}

const diverged = (
  loss: number,
  iteration: number,
  { learningRate, iterations }: TrainingPlan,
): Error =>
  new TrainingDiverged(
    `Training stopped: the loss became ${loss} in iteration ${iteration} of ${iterations}. ` +
      `A learning rate below ${learningRate} usually helps; if it does not, look at the training rows.`,
  );
