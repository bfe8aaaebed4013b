import type { Optimizer } from '@tensorflow/tfjs-core';
import { batchSource } from './batch-source.ts';
import { OptimizerRun } from './optimizer-run.ts';
import { TableRun } from './table-run.ts';
import type { Tensors } from './tensor.ts';
import type { TrainingPlan } from './training-plan.ts';
import type { TrainingProblem } from './training-problem.ts';
import type { ServingWeights, TrainingRun, TrainingState } from './training-run.ts';

/** The optimizer must implement `getWeights` and `setWeights`, as those of TensorFlow.js do: checkpoints need them. */
export type MakeOptimizer = (tf: Tensors, learningRate: number) => Optimizer;

/** The library's own. Epsilon is explicit: its default depends on the backend, and with it the weights. */
export const adam: MakeOptimizer = (tf, learningRate) =>
  tf.train.adam(learningRate, 0.9, 0.999, 1e-7);

/** What is known after one step of the optimizer. */
export interface TrainingStep {
  /** Counted from 1. */
  readonly step: number;
  /** Of the whole training. */
  readonly steps: number;
  /** Rows it looked at. */
  readonly rows: number;
  /** Present when all rows have been looked at once more: an iteration or epoch is over. */
  readonly pass?: Pass;
  readonly weights: () => ServingWeights;
  /** Valid until the next step is asked for. */
  readonly state: () => TrainingState;
}

export interface Pass {
  /** Counted from 1. */
  readonly number: number;
  /** Mean log loss over its rows, each with the weights from before its step. */
  readonly loss: number;
}

/** What is known after one pass over all rows. */
export interface Iteration {
  /** Counted from 1. */
  readonly iteration: number;
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
 * A training, one step of the optimizer per `next()`: no host, no clock, no screen in it. Whoever stops early (break,
 * return, throw) frees the tensors too.
 * @param makeOptimizer our own Adam when absent
 * @param from goes on after this state instead of starting at zero weights
 * @throws TrainingDiverged when the loss is not a number
 */
export async function* trainingSteps(
  tf: Tensors,
  problem: TrainingProblem,
  plan: TrainingPlan,
  makeOptimizer?: MakeOptimizer,
  from?: TrainingState,
): AsyncGenerator<TrainingStep, void, void> {
  const source = batchSource(problem, plan);
  const run = runOf(tf, problem, plan, makeOptimizer);
  try {
    if (from) await run.restore(withoutLossSum(from));
    let sum = lossSumOf(from);
    for (let step = (from?.iteration ?? 0) + 1; step <= source.steps; step++) {
      const batch = source.batch(step);
      const loss = await run.descend(batch);
      if (!Number.isFinite(loss)) throw diverged(loss, step, source.steps, plan);
      sum += loss * batch.matrix.rows;
      const isLast = step % source.stepsAPass === 0;
      const pass = { number: step / source.stepsAPass, loss: sum / problem.matrix.rows };
      if (isLast) sum = 0;
      const state = await run.capture(step);
      yield {
        step,
        steps: source.steps,
        rows: batch.matrix.rows,
        ...(isLast ? { pass } : {}),
        weights: () => run.weights(),
        state: () => withLossSum(state(), sum),
      };
    }
  } finally {
    run.dispose();
  }
}

/** The same, one iteration or epoch per `next()`. */
export async function* trainingIterations(
  ...training: Parameters<typeof trainingSteps>
): AsyncGenerator<Iteration, void, void> {
  for await (const { pass, weights, state } of trainingSteps(...training))
    if (pass) yield { iteration: pass.number, loss: pass.loss, weights: weights(), state };
}

function runOf(
  tf: Tensors,
  problem: TrainingProblem,
  { learningRate }: TrainingPlan,
  makeOptimizer: MakeOptimizer | undefined,
): TrainingRun {
  return makeOptimizer
    ? new OptimizerRun(tf, problem, makeOptimizer(tf, learningRate))
    : new TableRun(tf, problem, learningRate);
}

const LOSS_SUM = 'loss of the epoch so far';

/** The loss that is told of an epoch is over all its rows, wherever it was interrupted. */
const withLossSum = ({ iteration, tensors }: TrainingState, sum: number): TrainingState => ({
  iteration,
  tensors: [...tensors, { name: LOSS_SUM, shape: [1], values: Float32Array.of(sum) }],
});

/** What an optimizer remembers is told by its place among the tensors: nothing of ours may stand there. */
const withoutLossSum = ({ iteration, tensors }: TrainingState): TrainingState => ({
  iteration,
  tensors: tensors.filter(({ name }) => name !== LOSS_SUM),
});

const lossSumOf = (state: TrainingState | undefined): number =>
  state?.tensors.find(({ name }) => name === LOSS_SUM)?.values[0] ?? 0;

const diverged = (loss: number, step: number, steps: number, plan: TrainingPlan): Error =>
  new TrainingDiverged(
    `Training stopped: the loss became ${loss} in ${plan.mode === 'full-batch' ? 'iteration' : 'batch'} ${step} of ${steps}. ` +
      `A learning rate below ${plan.learningRate} usually helps; if it does not, look at the training rows.`,
  );
