import type { AuthorHost } from '#domain/author-host.ts';
import type { RowBatch } from '#domain/rows.ts';
import { grouped } from './dataset-facts.ts';
import { evaluate, logLoss } from './evaluation.ts';
import { readRows } from './feature-reader.ts';
import { multiply, rowScales } from './sparse.ts';
import type { Iteration } from './training.ts';
import type { ServingWeights } from './training-run.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Held-out loss and accuracy of the weights of one iteration. */
export type Watch = (weights: ServingWeights) => {
  readonly heldOutLoss: number;
  readonly heldOutAccuracy: number;
};

/** Reads the held-out rows once; they are looked at and never learned from. */
export function watchHeldOut(rows: RowBatch, vocabulary: Vocabulary): Watch {
  const matrix = readRows(rows, vocabulary);
  const scales = rowScales(matrix);
  return ({ weights, bias }) => {
    const scores = multiply(matrix, weights).map((sum, row) => sum * (scales[row] ?? 0) + bias);
    return {
      heldOutLoss: logLoss(scores, rows.labels),
      heldOutAccuracy: evaluate(scores, rows.labels).accuracy,
    };
  };
}

export interface ReportPlan {
  readonly iterations: number;
  /** Training rows. */
  readonly rows: number;
  /** Absent when there are no held-out rows. */
  readonly watch?: Watch;
  /** Milliseconds from any start. */
  readonly now: () => number;
}

/** Says how a training goes: a metric each iteration, a log line now and then. */
export class TrainingReport {
  readonly #host: AuthorHost;
  readonly #plan: ReportPlan;
  #since: number;

  constructor(host: AuthorHost, plan: ReportPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#since = plan.now();
  }

  /** Resolves when the host lets the training go on. */
  async iteration(done: Iteration, checkpoint: () => Uint8Array): Promise<void> {
    const { iterations, rows, watch, now } = this.#plan;
    // A browser clock may stand still for a millisecond.
    const elapsedMs = Math.max(now() - this.#since, 0.1);
    const speed = { examplesPerSecond: Math.round((rows * 1000) / elapsedMs) };
    const values = { loss: done.loss, ...watch?.(done.weights), ...speed };
    this.#host.metric('training', done.iteration, values);
    if (isWorthALine(done.iteration, iterations))
      this.#host.log('INFO', `Iteration ${done.iteration} of ${iterations}: ${told(values)}`);
    await this.#host.progress(done.iteration / iterations, checkpoint);
    this.#since = now();
  }
}

const isWorthALine = (iteration: number, iterations: number): boolean =>
  iteration === 1 || iteration % 10 === 0 || iteration === iterations;

function told(values: {
  readonly loss: number;
  readonly heldOutAccuracy?: number;
  readonly examplesPerSecond: number;
}): string {
  const { loss, heldOutAccuracy, examplesPerSecond } = values;
  const watched =
    heldOutAccuracy === undefined ? '' : `, held-out accuracy ${heldOutAccuracy.toFixed(3)}`;
  return `loss ${loss.toFixed(4)}${watched} (${grouped(examplesPerSecond)} examples/s)`;
}
