import type { TaskCall, UpstreamOutcome } from '#domain/author-api.ts';
import type { TaskRunEvent } from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import { cacheEntryId } from '#domain/ids.ts';
import { faultFor, type Fault } from '#domain/faults.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord, UseRecord } from '#domain/records.ts';
import { isOver } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import { runTaskHooks } from './hooks.ts';
import { untilResumed } from './resumption.ts';
import { whyNoRetry } from './retry-condition.ts';
import type { ReusedResult } from './reuse.ts';
import { callContext, type RunContext } from './run-context.ts';
import { runAttempt } from './task-attempt.ts';
import { keepResult, type Inputs } from './task-cache.ts';
import { effectOf, transitionTask, type TaskInput } from './task-machine.ts';
import { needsPreparation, prepareTask } from './task-preparation.ts';
import { TaskSlots } from './task-slots.ts';

/** Writes that belong into the commit of the end: the outcome in the journal. */
export type EndWrites = (record: TaskRunRecord) => readonly Write[];

/** What tells that a task run was created; it may share the commit of its start. */
export interface Creation {
  readonly events: readonly TaskRunEvent[];
  readonly writes: readonly Write[];
}

export interface TaskRunParts {
  readonly record: TaskRunRecord;
  /** Encoded list of arguments. */
  readonly arguments: ArrayBuffer;
  readonly endWrites: EndWrites;
  /** Absent when it was told before. */
  readonly creation?: Creation | undefined;
  /** True in a transaction, which keeps the result when it commits. */
  readonly isStaged: boolean;
}

/** An outcome that a task run waits for. */
export interface Upstream extends UpstreamOutcome {
  readonly taskRun: string;
  /** It did not complete, and its failure was not allowed. */
  readonly blocks: boolean;
}

/** Drives one task run through its machine until it ends: attempt, wait, attempt again. */
export class TaskRun {
  readonly #run: RunContext;
  readonly #arguments: ArrayBuffer;
  readonly #endWrites: EndWrites;
  readonly #isStaged: boolean;
  readonly #slots: TaskSlots;
  #record: TaskRunRecord;
  #upstream: readonly Upstream[] = [];
  #value: ArrayBuffer | undefined;
  /** What the next commit tells first. */
  #untold: Creation | undefined;

  constructor(run: RunContext, parts: TaskRunParts) {
    this.#run = run;
    this.#record = parts.record;
    this.#arguments = parts.arguments;
    this.#endWrites = parts.endWrites;
    this.#slots = new TaskSlots(run, parts.record);
    this.#untold = parts.creation;
    this.#isStaged = parts.isStaged;
  }

  /** The task run exists from now on, though nothing else has happened yet. */
  async tellCreation(): Promise<void> {
    if (this.#untold) await this.#commit(this.#record, [], []);
  }

  /** The encoded result, once it has completed here: the store need not be asked for it. */
  get value(): ArrayBuffer | undefined {
    return this.#value;
  }

  /** Ends it with what another run left: in one commit, without an attempt. Its verdict is told again, as its own. */
  async reuse({ input, bytes, verdict }: ReusedResult): Promise<void> {
    if (verdict) {
      const { events = [], writes = [] } = this.#untold ?? {};
      const decided = { kind: 'verdict.decided', taskRunId: this.#record.id, verdict } as const;
      const record = this.#run.note({ verdict });
      this.#untold = {
        events: [...events, decided],
        writes: [...writes, { store: 'flowRuns', op: 'put', record }],
      };
    }
    await this.#apply(input, bytes);
  }

  /** @param upstream outcomes of what it waits for, all there */
  async toEnd(upstream: readonly Upstream[]): Promise<TaskRunRecord> {
    try {
      return await this.#drive(upstream);
    } finally {
      this.#slots.release();
    }
  }

  async #drive(upstream: readonly Upstream[]): Promise<TaskRunRecord> {
    this.#upstream = upstream;
    const blocking = upstream.find((one) => one.blocks);
    if (blocking) await this.#apply({ kind: 'upstream failed', taskRun: blocking.taskRun });
    for (;;) {
      const effect = effectOf(this.#record);
      if (effect.kind === 'finish') return this.#withHooksRun();
      if (effect.kind === 'attempt') await this.#attempt();
      else if (effect.kind === 'hold') await this.#hold();
      else await this.#wait(effect.until);
    }
  }

  async #withHooksRun(): Promise<TaskRunRecord> {
    this.#record = await runHooksDue(this.#run, this.#record);
    return this.#record;
  }

  async #wait(until: number): Promise<void> {
    const { cancellation, ports } = this.#run;
    const waited = await cancellation.wait(ports.clock, until);
    if (!waited) return this.#apply(this.#cancelled());
    if (this.#isHeld) return this.#apply({ kind: 'held' });
    if (await this.#takeSlots()) await this.#apply({ kind: 'retry due' });
  }

  /** While its flow run is paused, no attempt starts. */
  get #isHeld(): boolean {
    return this.#run.record().pause !== undefined;
  }

  async #hold(): Promise<void> {
    this.#slots.release();
    const resumed = await untilResumed(this.#run);
    await this.#apply(resumed ? { kind: 'released' } : this.#cancelled());
  }

  /** False when it will never have them: then it has ended. */
  async #takeSlots(): Promise<boolean> {
    const refusal = await this.#slots.take((waits) => this.#apply({ kind: 'no slot', waits }));
    if (refusal !== undefined) await this.#apply({ kind: 'cancelled', reason: refusal });
    return refusal === undefined;
  }

  async #attempt(): Promise<void> {
    const { places, workers } = this.#run;
    if (this.#isHeld) return this.#apply({ kind: 'held' });
    // Without tags there is nothing to wait for: task runs are created in the order of their calls.
    if (this.#record.policy.tags.length > 0 && !(await this.#takeSlots())) return;
    // Where a worker stands ready there is nothing between being created and running: one commit tells both.
    if (!(places.hasFree && workers.hasIdle)) await this.tellCreation();
    const giveBack = await places.take(this.#run.cancellation);
    if (!giveBack) return this.#apply(this.#cancelled());
    try {
      if (this.#isHeld) return;
      // Another may have taken the worker that was idle: a new one takes its time.
      if (!workers.hasIdle) await this.tellCreation();
      const pooled = await workers.take();
      if (pooled.ok) await this.#attemptOn(pooled.worker, giveBack);
      else await this.#attemptWithoutWorker(pooled.failure);
    } finally {
      giveBack();
    }
  }

  async #attemptOn(taken: AuthorWorker, giveBack: () => void): Promise<void> {
    const goesOn = !needsPreparation(this.#record) || (await this.#prepare(taken));
    if (!goesOn) return this.#run.workers.giveBack(taken);
    const fault = faultFor(
      this.#run.record().faults,
      this.#record.taskName,
      this.#record.attempts.length + 1,
    );
    const start = await this.#start(fault);
    if (this.#isHeld) return this.#run.workers.giveBack(taken);
    const begun = this.#begin(start);
    const ready = await this.#tellRunning(taken, begun);
    if (!ready.ok) return this.#apply(endWithoutWorker(ready.failure));
    const { worker } = ready;
    const call = this.#call(fault);
    const { input, value } = await runAttempt(this.#run, this.#record, worker, call, begun);
    const decided = input.kind === 'failed' ? await this.#decideRetry(input, worker) : input;
    this.#run.workers.giveBack(worker);
    // The next attempt need not wait until the end of this one is written.
    giveBack();
    await this.#apply(decided, value);
  }

  /** Settles name and cache key; false when a stored result was taken, or the name could not be made. */
  async #prepare(worker: AuthorWorker): Promise<boolean> {
    await this.tellCreation();
    const { record, events, hit, failure } = await prepareTask(
      this.#run,
      this.#record,
      this.#inputs(),
      worker,
    );
    if (failure) {
      // It stays unprepared: an engine that is lost meanwhile leaves the question to the next.
      await this.#apply({ kind: 'attempt started' });
      await this.#apply({ kind: 'failed', failure, refused: 'it has no name' });
      return false;
    }
    this.#record = record;
    this.#untold = { events, writes: [] };
    if (!hit) return true;
    const { flowId, key, result, from } = hit.entry;
    // It is kept as long as a run that made or took it.
    const use: UseRecord = { hash: cacheEntryId(flowId, key), user: this.#record.flowRunId };
    this.#untold = { events, writes: [{ store: 'uses', op: 'put', record: use }] };
    await this.#apply({ kind: 'cache hit', key, result, from });
    this.#value = hit.value;
    return false;
  }

  #inputs(): Inputs {
    return {
      source: this.#run.taskSources[this.#record.taskName],
      arguments: this.#arguments,
      upstream: upstreamOutcomes(this.#upstream),
    };
  }

  /**
   * The attempt is on. Its body may start while that is being written, since all it can do is ask, and nothing it asks is
   * answered before. Resolves when it is durable.
   */
  #begin(start: TaskInput): Promise<void> {
    const { record, events } = transitionTask(this.#record, start, this.#run.ports.clock.now());
    const begun = this.#commit(record, events);
    // A store that takes it no more ends the run by itself.
    begun.catch(() => undefined);
    this.#record = record;
    return begun;
  }

  /** Hooks of Running run before the body. A hook that loses its worker must not lose the attempt. */
  async #tellRunning(worker: AuthorWorker, begun: Promise<void>) {
    const ready = { ok: true, worker } as const;
    if (!this.#record.policy.hooks?.onRunning) return ready;
    await begun;
    await runTaskHooks(this.#run, this.#record, 'onRunning', worker);
    if (worker.isAlive) return ready;
    this.#run.workers.giveBack(worker);
    return this.#run.workers.take();
  }

  /** What chance and the author's condition have to say, before the machine decides. */
  async #decideRetry(
    input: Extract<TaskInput, { kind: 'failed' }>,
    worker: AuthorWorker,
  ): Promise<TaskInput> {
    const { policy, retriesUsed } = this.#record;
    if (retriesUsed >= policy.retries || input.failure.kind === 'interrupt') return input;
    const draw = policy.retryJitterFactor > 0 ? { draw: this.#run.ports.entropy.random() } : {};
    if (!policy.asksBeforeRetry) return { ...input, ...draw };
    const refused = await whyNoRetry(this.#run, this.#record, input.failure, worker);
    return { ...input, ...draw, ...(refused === undefined ? {} : { refused }) };
  }

  async #attemptWithoutWorker(failure: Failure): Promise<void> {
    await this.#apply({ kind: 'attempt started' });
    await this.#apply(endWithoutWorker(failure));
  }

  async #start(fault: Fault | undefined): Promise<TaskInput> {
    const isFirst = this.#record.attempts.length === 0;
    const [checkpoint] = isFirst ? [] : await this.#run.ports.store.checkpointsOf(this.#record.id);
    return {
      kind: 'attempt started',
      ...(fault ? { fault } : {}),
      ...(checkpoint ? { resumesAt: checkpoint.progress } : {}),
    };
  }

  /** One commit: the record, its events, a result's bytes, and at the end what the journal and the cache need. */
  async #apply(input: TaskInput, value?: ArrayBuffer): Promise<void> {
    const { clock } = this.#run.ports;
    const { record, events } = transitionTask(this.#record, input, clock.now());
    if (events.length === 0) return;
    const writes: Write[] = [];
    if (value && record.result)
      writes.push({
        store: 'values',
        op: 'put',
        record: { hash: record.result.hash, bytes: value },
      });
    if (isOver(record.state)) writes.push(...this.#writesOfEnd(record, input));
    await this.#commit(record, events, writes);
    this.#value = value;
  }

  #writesOfEnd(record: TaskRunRecord, input: TaskInput): readonly Write[] {
    const { result, cacheKey } = record;
    const keeps = input.kind === 'succeeded' && result && cacheKey && !this.#isStaged;
    const kept = keeps ? [keepResult(this.#run, record, result, cacheKey)] : [];
    return [...kept, ...this.#endWrites(record)];
  }

  async #commit(
    record: TaskRunRecord,
    events: readonly TaskRunEvent[],
    writes: readonly Write[] = [],
  ): Promise<void> {
    const untold = this.#untold;
    this.#untold = undefined;
    await this.#run.log.commit(
      [...(untold?.events ?? []), ...events],
      [...(untold?.writes ?? []), { store: 'taskRuns', op: 'put', record }, ...writes],
    );
    const leavesRunning = this.#record.state.type === 'RUNNING' && record.state.type !== 'RUNNING';
    this.#record = record;
    // Not before the end is durable: nobody may see more of them run than the limit allows.
    if (leavesRunning) this.#slots.release();
  }

  #cancelled(): TaskInput {
    return { kind: 'cancelled', reason: this.#run.cancellation.reason ?? 'the flow run ended' };
  }

  #call(fault: Fault | undefined): TaskCall {
    const { id, name, taskName, attempts, policy } = this.#record;
    return {
      ...callContext(this.#run.record()),
      logPrints: policy.logPrints,
      taskRunId: id,
      taskRunName: name,
      task: taskName,
      attempt: attempts.length,
      ...(fault ? { fault } : {}),
      arguments: this.#arguments,
      upstream: upstreamOutcomes(this.#upstream),
    };
  }
}

/** Runs the hooks of the state a task run has ended in, and remembers that they ran: at least once after a crash. */
export async function runHooksDue(run: RunContext, record: TaskRunRecord): Promise<TaskRunRecord> {
  const { hooksDue: hook, ...rest } = record;
  if (!hook) return record;
  const noneDue: Write = { store: 'taskRuns', op: 'put', record: rest };
  await runTaskHooks(run, record, hook, undefined, () => [noneDue]);
  return rest;
}

const endWithoutWorker = (failure: Failure): TaskInput =>
  failure.kind === 'lost' ? { kind: 'lost', cause: failure.cause } : { kind: 'failed', failure };

const upstreamOutcomes = (upstream: readonly Upstream[]): readonly UpstreamOutcome[] =>
  upstream.map(({ call, value, failure }) => ({
    call,
    ...(value ? { value } : {}),
    ...(failure ? { failure } : {}),
  }));
