import { crossValidate as onRows, stratifiedFolds } from './cross-validation.ts';
import type { Split } from './dataset.ts';
import { BadDataset } from './read-snapshot.ts';
import { taskHost } from './task-host.ts';
import type { PlanOptions } from './training-plan.ts';

export interface CrossValidateOptions extends Omit<PlanOptions, 'seed'> {
  /** From 2; 5 when absent. */
  readonly folds?: number;
  /** Of the folds and the trainings; the seed of the run when absent. */
  readonly seed?: number;
}

export interface CrossValidated {
  /** Over all rows, each scored by the one model that did not see it. */
  readonly accuracy: number;
  /** Accuracy of each fold. */
  readonly folds: readonly number[];
}

/**
 * How good a model with these settings would be, asked of the training rows alone: nothing held out is looked at, so
 * whoever picks the best of several has not used up the held-out rows.
 * @throws BadDataset when there are too few rows for so many folds; BadTrainingPlan
 */
export async function crossValidate(
  split: Split,
  { folds: count = 5, seed: given, ...options }: CrossValidateOptions = {},
): Promise<CrossValidated> {
  const host = taskHost('crossValidate');
  if (!(Number.isInteger(count) && count >= 2 && count <= 100))
    throw new BadDataset(
      `crossValidate: folds is a whole number from 2 to 100, not ${String(count)}.`,
    );
  const seed = given ?? host.context.seed;
  const plan = { ...options, seed };
  const rows = await split.rows();
  const fewest = Math.min(
    ...[0, 1].map((label) => rows.labels.filter((one) => one === label).length),
  );
  if (fewest < count)
    throw new BadDataset(
      `crossValidate: ${count} folds need ${count} rows of each label, and there are ${fewest} of one. Use fewer folds, or load more days.`,
    );
  const folds = stratifiedFolds(rows, count, seed);
  const found = await onRows(
    rows,
    folds,
    plan,
    () => host.wasm(),
    (done) => host.progress(done),
  );
  const { accuracy } = found.evaluation;
  host.log(
    'INFO',
    `Cross-validated accuracy ${accuracy.toFixed(3)} over ${count} folds (${found.folds.map((one) => one.toFixed(3)).join(', ')})`,
  );
  return { accuracy, folds: found.folds };
}
