import { tagLimit, type SlotWait } from '#domain/limits.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import type { SlotRequest } from './limits.ts';
import type { RunContext } from './run-context.ts';

/** The slots that the tags of a task run need: held from before Running until that is left. */
export class TaskSlots {
  readonly #run: RunContext;
  readonly #taskRun: Pick<TaskRunRecord, 'id' | 'name'>;
  readonly #tags: readonly string[];
  #request: SlotRequest | undefined;

  constructor(run: RunContext, taskRun: Pick<TaskRunRecord, 'id' | 'name' | 'policy'>) {
    this.#run = run;
    this.#taskRun = taskRun;
    this.#tags = taskRun.policy.tags;
  }

  /**
   * Resolves when it holds them all; at once when it did before.
   * @param onWait called when it has to wait
   * @returns undefined, or why it will never have them
   */
  async take(onWait: (waits: readonly SlotWait[]) => Promise<void>): Promise<string | undefined> {
    if (this.#tags.length === 0 || this.#request) return undefined;
    const { limits, cancellation, record } = this.#run;
    const holder = { taskRun: this.#taskRun.name, flowRunName: record().name };
    const request =
      limits.takeKept(this.#taskRun.id) ?? limits.request(this.#tags.map(tagLimit), holder);
    this.#request = request;
    const stopListening = cancellation.onRequest(() => request.end());
    if (request.waits.length > 0) await onWait(request.waits);
    const outcome = await request.outcome;
    stopListening();
    if (outcome.kind === 'taken') return undefined;
    this.#request = undefined;
    if (outcome.kind === 'withdrawn') return cancellation.reason ?? 'the flow run ended';
    return `The concurrency limit on ${outcome.limit.name.replace(':', ' "')}" is 0: the task run would wait for ever. Raise or remove the limit, then run the flow again.`;
  }

  release(): void {
    this.#request?.end();
    this.#request = undefined;
  }
}
