import type { Outcome, Program } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { AuthorWorker, Lost } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { Cancellation } from './cancellation.ts';
import type { Datasets } from './datasets.ts';
import { FlowBody } from './flow-body.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import { Journal } from './journal.ts';
import type { ModelRegistry } from './model-registry.ts';
import type { EnginePorts } from './ports.ts';
import { callContext, type RunContext } from './run-context.ts';
import type { RunLog } from './run-log.ts';
import { RunWorkers, type Places } from './worker-pool.ts';
import type { TaskDefaults } from './task-defaults.ts';

export interface FlowRunParts {
  readonly ports: EnginePorts;
  readonly datasets: Datasets;
  readonly models: ModelRegistry;
  readonly places: Places;
  readonly program: Program;
  readonly tasks: TaskDefaults;
  readonly log: RunLog;
  readonly journal: Journal;
  /** Already loaded with the program, when there is one. */
  readonly worker?: AuthorWorker;
}

/** What a run brings along; the rest is shared by all runs of an engine. */
export type OwnParts = Pick<FlowRunParts, 'program' | 'tasks' | 'log' | 'journal' | 'worker'>;
export type MakeFlowRun = (parts: OwnParts, record: FlowRunRecord) => FlowRun;

/** Drives one flow run to its end: enters the body, answers its calls, takes it up again when its worker is lost. */
export class FlowRun {
  readonly #parts: FlowRunParts;
  readonly #cancellation = new Cancellation();
  readonly #workers: RunWorkers;
  #body: FlowBody;
  #record: FlowRunRecord;
  #worker: AuthorWorker | undefined;

  constructor(parts: FlowRunParts, record: FlowRunRecord) {
    this.#parts = parts;
    this.#record = record;
    this.#worker = parts.worker;
    this.#workers = new RunWorkers(parts.ports.workers, parts.program);
    this.#body = new FlowBody(this.#context(), parts.journal, parts.tasks);
  }

  get id(): FlowRunId {
    return this.#record.id;
  }

  /** Of all its task runs, as far as they were started. */
  get attempts(): number {
    return this.#parts.log.attempts;
  }

  /** Lines that were shown but not kept yet are kept now. */
  flush(): Promise<void> {
    return this.#parts.log.flush();
  }

  async cancel(reason: string): Promise<void> {
    await this.#apply({ kind: 'cancel asked', reason });
    this.#cancellation.request(reason);
  }

  /** Ends in a terminal state, or rejects when the store can no longer be written. */
  async toEnd(): Promise<FlowRunRecord> {
    try {
      return await Promise.race([this.#drive(), this.#parts.log.broken]);
    } finally {
      this.#cancellation.request('the engine stopped');
      this.#worker?.terminate('worker terminated');
      this.#workers.close();
    }
  }

  async #drive(): Promise<FlowRunRecord> {
    await this.#apply({ kind: 'begun' });
    while (this.#record.active === 1) {
      const { nextAttemptAt } = this.#record;
      if (nextAttemptAt === undefined) await this.#enterBody();
      else await this.#waitForRetry(nextAttemptAt);
    }
    return this.#record;
  }

  async #waitForRetry(until: number): Promise<void> {
    const waited = await this.#cancellation.wait(this.#parts.ports.clock, until);
    if (!waited) return this.#apply({ kind: 'cancelled', reason: this.#cancellation.reason ?? '' });
    await this.#apply({ kind: 'retry due' });
    this.#body = new FlowBody(this.#context(), new Journal(), this.#parts.tasks);
  }

  async #enterBody(): Promise<void> {
    const opened = await this.#openWorker();
    const ended = opened.ok ? await this.#runBody(opened.worker) : withoutWorker(opened.failure);
    this.#worker = undefined;
    if (ended.kind !== 'lost' || this.#ends(ended)) await this.#endTasks(ended);
    await this.#apply(ended);
  }

  #ends(input: FlowInput): boolean {
    const { record } = transitionFlow(this.#record, input, this.#parts.ports.clock.now());
    return record.active === 0;
  }

  /** What the body started and did not wait for ends with it. */
  #endTasks(ended: FlowInput): Promise<void> {
    const reason = ended.kind === 'cancelled' ? ended.reason : 'the flow run ended';
    return this.#body.close(reason, ended.kind === 'returned');
  }

  async #openWorker() {
    const worker = this.#worker;
    if (worker) return { ok: true, worker } as const;
    return this.#parts.ports.workers.open(this.#parts.program);
  }

  /** Whatever ends it first: the body, a cancel, the timeout, a call that differs from the journal. */
  async #runBody(worker: AuthorWorker): Promise<FlowInput> {
    const { clock } = this.#parts.ports;
    const { timeoutSeconds } = this.#record.policy;
    let ended: FlowInput | undefined;
    const endBy = (input: FlowInput) => {
      ended ??= input;
      worker.terminate('worker terminated');
    };
    const stopListening = this.#cancellation.onRequest((reason) =>
      endBy({ kind: 'cancelled', reason }),
    );
    const startedAt = this.#record.attemptStartedAt ?? clock.now();
    const stopTimer =
      timeoutSeconds === undefined
        ? undefined
        : clock.at(startedAt + timeoutSeconds * 1000, () =>
            endBy({
              kind: 'threw',
              failure: { kind: 'timeout', seconds: timeoutSeconds, subject: 'Flow' },
            }),
          );
    this.#body.enter();
    this.#body.onFatal((failure) => endBy({ kind: 'threw', failure }));
    const outcome = await worker.runFlow(this.#call(startedAt), this.#body.handle);
    stopListening();
    stopTimer?.();
    worker.terminate('worker terminated');
    return ended ?? inputOf(outcome);
  }

  #call(startedAt: number) {
    const { flowAttempt, policy } = this.#record;
    return {
      ...callContext(this.#record),
      flowAttempt,
      startedAt,
      logPrints: policy.logPrints,
    };
  }

  #context(): RunContext {
    const { ports, datasets, models, program, log, places } = this.#parts;
    // What ends with one flow attempt must not end the next.
    const cancellation = new Cancellation();
    this.#cancellation.onRequest((reason) => cancellation.request(reason));
    return {
      ports,
      datasets,
      models,
      program,
      log,
      places,
      workers: this.#workers,
      cancellation,
      record: () => this.#record,
      note: (change) => (this.#record = { ...this.#record, ...change }),
    };
  }

  async #apply(input: FlowInput): Promise<void> {
    const { record, events } = transitionFlow(this.#record, input, this.#parts.ports.clock.now());
    if (events.length === 0) return;
    this.#record = withAttempts(record, this.#parts.log);
    if (record.active === 0) this.#parts.log.tellDropped();
    await this.#parts.log.commit(events, [{ store: 'flowRuns', op: 'put', record: this.#record }]);
  }
}

/** Once it has ended the number stands in the record: a list of runs need not look at their task runs. */
export const withAttempts = (record: FlowRunRecord, { attempts }: RunLog): FlowRunRecord =>
  record.active === 0 ? { ...record, attempts } : record;

const withoutWorker = (failure: Failure): FlowInput =>
  failure.kind === 'lost' ? { kind: 'lost', cause: failure.cause } : { kind: 'threw', failure };

function inputOf(outcome: Outcome | Lost): FlowInput {
  if ('lost' in outcome) return { kind: 'lost', cause: outcome.lost };
  if (outcome.ok) return { kind: 'returned', ...(outcome.state ? { state: outcome.state } : {}) };
  const failure: Failure = outcome.failure;
  return { kind: 'threw', failure };
}
