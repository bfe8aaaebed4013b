import { RowBatches } from './row-batches.ts';
import { seededOrder } from './seeded.ts';
import { transpose } from './sparse.ts';
import type { TrainingPlan } from './training-plan.ts';
import type { TrainingProblem } from './training-problem.ts';
import type { BatchOfRows } from './training-run.ts';

/** The rows of every step of a training, by its number: nothing else is needed to go on in the middle. */
export interface BatchSource {
  readonly steps: number;
  readonly stepsAPass: number;
  /** Valid until the next is asked for. @param step counted from 1 */
  batch(step: number): BatchOfRows;
}

/** How many a training over so many rows has. */
export const stepsOf = (plan: TrainingPlan, rows: number): number =>
  plan.mode === 'full-batch' ? plan.iterations : plan.epochs * stepsAnEpoch(plan, rows);

const stepsAnEpoch = ({ batchSize }: TrainingPlan, rows: number): number =>
  Math.ceil(rows / batchSize);

export const batchSource = (problem: TrainingProblem, plan: TrainingPlan): BatchSource =>
  plan.mode === 'full-batch' ? allRows(problem, plan) : someRows(problem, plan);

function allRows(problem: TrainingProblem, { iterations }: TrainingPlan): BatchSource {
  const { matrix, rowScale, labels } = problem;
  const all = { matrix, transposed: transpose(matrix), rowScale, labels };
  return { steps: iterations, stepsAPass: 1, batch: (step) => ({ step, ...all }) };
}

/** Every epoch has an order of its own, by the seed. */
function someRows(problem: TrainingProblem, plan: TrainingPlan): BatchSource {
  const { matrix, rowScale, labels } = problem;
  const { batchSize, seed } = plan;
  const stepsAPass = stepsAnEpoch(plan, matrix.rows);
  const batches = new RowBatches(matrix);
  let order: Uint32Array = new Uint32Array();
  let orderOf = -1;
  return {
    steps: stepsOf(plan, matrix.rows),
    stepsAPass,
    batch(step) {
      const epoch = Math.floor((step - 1) / stepsAPass);
      if (epoch !== orderOf) order = seededOrder(matrix.rows, seed + epoch * 0x9e3779b1);
      orderOf = epoch;
      const from = ((step - 1) % stepsAPass) * batchSize;
      const rows = order.subarray(from, from + batchSize);
      return {
        step,
        ...batches.cut(rows),
        rowScale: picked(rowScale, rows),
        labels: picked(labels, rows),
      };
    },
  };
}

function picked(values: Float32Array, which: Uint32Array): Float32Array {
  const some = new Float32Array(which.length);
  for (let i = 0; i < which.length; i++) some[i] = values[which[i]!]!;
  return some;
}
