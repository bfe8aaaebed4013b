import type { RowBatch } from '#domain/rows.ts';
import { evaluate, type EvaluationNumbers } from './evaluation.ts';
import { Scorer } from './scorer.ts';
import { seededOrder } from './seeded.ts';
import { selectRows } from './select-rows.ts';
import { loadTensors, type Tensors } from './tensor.ts';
import { prepareTraining, runTraining, type FitOptions } from './train-rows.ts';

/** Told after every step, 0..1 of the whole; what it returns is waited for. */
type OnProgress = (fraction: number) => Promise<void>;

export interface CrossValidation {
  /** Over all rows, each scored by the one model that did not see it. */
  readonly evaluation: EvaluationNumbers;
  /** Accuracy of each fold. */
  readonly folds: readonly number[];
  /** One a row, in the order of the rows: log odds. */
  readonly scores: Float64Array;
}

/**
 * Trains one model a fold on the rows outside it and scores the rows in it. Needs no host; runs in Node as well.
 * @param folds the fold of each row, counted from 0
 * @param readWasm as for `loadTensors`; the cpu backend when absent
 */
export async function crossValidate(
  rows: RowBatch,
  folds: ArrayLike<number>,
  options: FitOptions = {},
  readWasm?: () => Promise<ArrayBuffer>,
  onProgress: OnProgress = async () => undefined,
): Promise<CrossValidation> {
  const { tf } = await loadTensors(readWasm);
  const scores = new Float64Array(rows.count);
  const accuracies: number[] = [];
  const all = Array.from({ length: rows.count }, (_, row) => row);
  const last = all.reduce((most, row) => Math.max(most, folds[row] ?? 0), 0);
  for (let fold = 0; fold <= last; fold++) {
    const inside = all.filter((row) => folds[row] === fold);
    const training = pick(
      rows,
      all.filter((row) => folds[row] !== fold),
    );
    const tested = pick(rows, inside);
    const told = (done: number) => onProgress((fold + done) / (last + 1));
    const found = (await trainOn(tf, training, options, told)).scoreRows(tested);
    inside.forEach((row, i) => (scores[row] = found[i] ?? 0));
    accuracies.push(evaluate(found, tested.labels).accuracy);
  }
  return { evaluation: evaluate(scores, rows.labels), folds: accuracies, scores };
}

/** A fold (0 .. count - 1) for each row, the labels spread evenly over the folds. */
export function stratifiedFolds(rows: RowBatch, count: number, seed: number): Uint8Array {
  const folds = new Uint8Array(rows.count);
  const next = [0, 0];
  for (const row of seededOrder(rows.count, seed)) {
    const label = rows.labels[row] ?? 0;
    folds[row] = (next[label] ?? 0) % count;
    next[label] = (next[label] ?? 0) + 1;
  }
  return folds;
}

async function trainOn(
  tf: Tensors,
  rows: RowBatch,
  options: FitOptions,
  onProgress: OnProgress,
): Promise<Scorer> {
  const prepared = await prepareTraining(rows, { options });
  const weights = await runTraining(tf, prepared, {
    onStep: ({ step, steps }) => onProgress(step / steps),
  });
  return new Scorer({ vocabulary: prepared.problem.vocabulary, ...weights });
}

const pick = (batch: RowBatch, rows: readonly number[]): RowBatch => selectRows([{ batch, rows }]);
