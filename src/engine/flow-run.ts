import type { Outcome, Program } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import { flowHookOf } from '#domain/hooks.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { AuthorWorker, Lost, TaskSources } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { RunResume } from '#domain/engine-api.ts';
import type { Write } from '#domain/store.ts';
import { Cancellation } from './cancellation.ts';
import type { Datasets } from './datasets.ts';
import { FlowBody } from './flow-body.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import { whenTimedOut } from './flow-timeout.ts';
import { runFlowHooks } from './hooks.ts';
import { Journal } from './journal.ts';
import type { ModelRegistry } from './model-registry.ts';
import type { EnginePorts } from './ports.ts';
import { Resumption } from './resumption.ts';
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
  readonly taskSources: TaskSources;
  readonly tasks: TaskDefaults;
  readonly log: RunLog;
  readonly journal: Journal;
  /** Already loaded with the program, when there is one. */
  readonly worker?: AuthorWorker;
}

/** What a run brings along; the rest is shared by all runs of an engine. */
export type OwnParts = Pick<
  FlowRunParts,
  'program' | 'taskSources' | 'tasks' | 'log' | 'journal' | 'worker'
>;
export type MakeFlowRun = (parts: OwnParts, record: FlowRunRecord) => FlowRun;

/** Drives one flow run to its end: enters the body, answers its calls, takes it up again when its worker is lost. */
export class FlowRun {
  readonly #parts: FlowRunParts;
  readonly #cancellation = new Cancellation();
  readonly #workers: RunWorkers;
  readonly #resumption = new Resumption();
  #body: FlowBody;
  #record: FlowRunRecord;
  #worker: AuthorWorker | undefined;
  #isInBody = false;

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

  /** Lines that were shown but not kept yet are kept now. */
  flush(): Promise<void> {
    return this.#parts.log.flush();
  }

  async cancel(reason: string): Promise<void> {
    const hasNoWorker = this.#record.pause && !this.#isInBody && this.#body.isPausedOnly;
    if (hasNoWorker) await this.#cancelAtOnce(reason);
    else await this.#apply({ kind: 'cancel asked', reason });
    this.#cancellation.request(reason);
  }

  /** A person answers what the run asks; see `EngineApi.resumeRun`. */
  resume(input: Readonly<Record<string, unknown>>, pause?: number): Promise<RunResume> {
    return this.#body.pauses.resume(input, pause);
  }

  /** Nothing has to end first: one commit tells it, with the task runs that were held. */
  async #cancelAtOnce(reason: string): Promise<void> {
    const { ports, log } = this.#parts;
    const input: FlowInput = { kind: 'cancelled', reason };
    const { record, events } = transitionFlow(this.#record, input, ports.clock.now());
    this.#record = record;
    const tasks = await this.#body.cancelledTasks(reason);
    const write: Write = { store: 'flowRuns', op: 'put', record };
    await log.commit([...tasks.events, ...events], [...tasks.writes, write]);
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
    if (this.#record.recoveriesUsed > 0) await this.#body.runHooksDue();
    while (this.#record.active === 1) {
      const { nextAttemptAt, pause } = this.#record;
      if (pause) await this.#waitForAnswer();
      else if (nextAttemptAt === undefined) await this.#enterBody();
      else await this.#waitForRetry(nextAttemptAt);
    }
    await this.#runHooksDue();
    return this.#record;
  }

  /** Hooks of the state it has ended in: at least once after a crash. */
  async #runHooksDue(): Promise<void> {
    const { hooksDue, ...record } = this.#record;
    const hook = hooksDue && flowHookOf(record.state);
    if (!hook) return;
    const hooks = await runFlowHooks(this.#context(), hook);
    this.#record = record;
    await this.#parts.log.commit(
      [{ kind: 'flow-run.hooks-ran', hook, hooks }],
      [{ store: 'flowRuns', op: 'put', record }],
    );
  }

  /** Every time the body is entered. */
  async #tellRunning(): Promise<void> {
    if (!this.#record.policy.hooks?.onRunning) return;
    const hooks = await runFlowHooks(this.#context(), 'onRunning');
    await this.#parts.log.commit([{ kind: 'flow-run.hooks-ran', hook: 'onRunning', hooks }], []);
  }

  /** No body waits for it: it is entered once the pause is over. */
  async #waitForAnswer(): Promise<void> {
    if ((await this.#body.pauses.over()) || this.#record.active === 0) return;
    const cancelled: FlowInput = { kind: 'cancelled', reason: this.#cancellation.reason ?? '' };
    await this.#endTasks(cancelled);
    await this.#apply(cancelled);
  }

  async #waitForRetry(until: number): Promise<void> {
    const waited = await this.#cancellation.wait(this.#parts.ports.clock, until);
    if (!waited) return this.#apply({ kind: 'cancelled', reason: this.#cancellation.reason ?? '' });
    await this.#apply({ kind: 'retry due' });
    this.#body = new FlowBody(this.#context(), new Journal(), this.#parts.tasks);
  }

  async #enterBody(): Promise<void> {
    await this.#tellRunning();
    const opened = await this.#openWorker();
    const ended = opened.ok
      ? await this.#runBody(opened.worker)
      : ({ kind: 'threw', failure: opened.failure } as const);
    this.#worker = undefined;
    if (ended === 'suspended') return;
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
  async #runBody(worker: AuthorWorker): Promise<FlowInput | 'suspended'> {
    const { ports } = this.#parts;
    let ended: FlowInput | 'suspended' | undefined;
    const endBy = (input: FlowInput | 'suspended') => {
      ended ??= input;
      worker.terminate('worker terminated');
    };
    const stopListening = this.#cancellation.onRequest((reason) =>
      endBy({ kind: 'cancelled', reason }),
    );
    const startedAt = this.#record.attemptStartedAt ?? ports.clock.now();
    const paused = { ports, record: () => this.#record, resumption: this.#resumption };
    const stopTimer = whenTimedOut(paused, startedAt, (seconds) =>
      endBy({ kind: 'threw', failure: { kind: 'timeout', seconds, subject: 'Flow' } }),
    );
    this.#body.enter();
    this.#body.onFatal((failure) => endBy({ kind: 'threw', failure }));
    this.#body.pauses.onSuspend(() => endBy('suspended'));
    this.#isInBody = true;
    const outcome = await worker.runFlow(this.#call(startedAt), this.#body.handle);
    this.#isInBody = false;
    stopListening();
    stopTimer();
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
    const { ports, datasets, models, program, taskSources, log, places } = this.#parts;
    // What ends with one flow attempt must not end the next.
    const cancellation = new Cancellation();
    this.#cancellation.onRequest((reason) => cancellation.request(reason));
    return {
      ports,
      datasets,
      models,
      program,
      taskSources,
      log,
      places,
      workers: this.#workers,
      cancellation,
      record: () => this.#record,
      resumption: this.#resumption,
      move: (input, writes) => this.#move(input, writes),
      note: (change) => (this.#record = { ...this.#record, ...change }),
    };
  }

  async #apply(input: FlowInput): Promise<void> {
    await this.#move(input, () => []);
  }

  async #move(input: FlowInput, more: () => readonly Write[]): Promise<boolean> {
    const { record, events } = transitionFlow(this.#record, input, this.#parts.ports.clock.now());
    if (events.length === 0) return false;
    this.#record = record;
    await this.#parts.log.commit(events, [...more(), { store: 'flowRuns', op: 'put', record }]);
    if (record.state.type === 'RUNNING') this.#resumption.tell();
    return true;
  }
}

function inputOf(outcome: Outcome | Lost): FlowInput {
  if ('lost' in outcome) return { kind: 'lost', cause: outcome.lost };
  if (outcome.ok) return { kind: 'returned', ...(outcome.state ? { state: outcome.state } : {}) };
  const failure: Failure = outcome.failure;
  return { kind: 'threw', failure };
}
