import type { AuthorHost } from '#domain/author-host.ts';
import { grouped } from './dataset-facts.ts';
import type { HeldOut } from './held-out.ts';
import type { TrainingStep } from './training.ts';
import type { TrainingPlan } from './training-plan.ts';

export interface ReportPlan {
  readonly plan: TrainingPlan;
  /** Training rows. */
  readonly rows: number;
  /** Absent when there are no held-out rows. */
  readonly heldOut?: HeldOut | undefined;
  /** Milliseconds from any start. */
  readonly now: () => number;
}

/** Says how a training goes: progress at every step, a metric each iteration or epoch, a log line now and then. */
export class TrainingReport {
  readonly #host: AuthorHost;
  readonly #about: ReportPlan;
  #since: number;

  constructor(host: AuthorHost, about: ReportPlan) {
    this.#host = host;
    this.#about = about;
    this.#since = about.now();
  }

  /** Resolves when the host lets the training go on. */
  async step(done: TrainingStep, checkpoint: () => Uint8Array): Promise<void> {
    if (done.pass) await this.#pass(done, done.pass);
    await this.#host.progress(done.step / done.steps, checkpoint);
    if (done.pass) this.#since = this.#about.now();
  }

  async #pass(done: TrainingStep, { number, loss }: { number: number; loss: number }) {
    const { rows, heldOut, now, plan } = this.#about;
    // A browser clock may stand still for a millisecond.
    const elapsedMs = Math.max(now() - this.#since, 0.1);
    const speed = { examplesPerSecond: Math.round((rows * 1000) / elapsedMs) };
    const values = { loss, ...(await heldOut?.watch(done.weights())), ...speed };
    this.#host.metric('training', number, values);
    const { name, passes } = passesOf(plan);
    if (isWorthALine(number, passes))
      this.#host.log('INFO', `${name} ${number} of ${passes}: ${told(values)}`);
  }
}

export const passesOf = ({ mode, iterations, epochs }: TrainingPlan) =>
  mode === 'full-batch'
    ? ({ name: 'Iteration', passes: iterations } as const)
    : ({ name: 'Epoch', passes: epochs } as const);

const isWorthALine = (pass: number, passes: number): boolean =>
  pass === 1 || pass % 10 === 0 || pass === passes || passes <= 10;

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
