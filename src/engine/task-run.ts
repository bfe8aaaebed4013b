import type { TaskCall } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import { faultFor, type Fault } from '#domain/faults.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { DurableTaskRun, type DurableTaskRunParts } from './durable-task-run.ts';
import { runHooksDue, runTaskHooks } from './hooks.ts';
import { untilResumed } from './resumption.ts';
import { decideRetry } from './retry-condition.ts';
import type { ReusedResult } from './reuse.ts';
import { callContext, type RunContext } from './run-context.ts';
import { runAttempt, startOf } from './task-attempt.ts';
import { useOfEntry, type Inputs } from './task-cache.ts';
import { effectOf, type TaskInput } from './task-machine.ts';
import { needsPreparation, prepareTask } from './task-preparation.ts';
import { TaskSlots } from './task-slots.ts';
import { upstreamOutcomes, type Upstream } from './upstream.ts';

export interface TaskRunParts extends DurableTaskRunParts {
  /** Encoded list of arguments. */
  readonly arguments: ArrayBuffer;
}

/** Drives one task run through its machine until it ends: attempt, wait, attempt again. */
export class TaskRun {
  readonly #run: RunContext;
  readonly #arguments: ArrayBuffer;
  readonly #slots: TaskSlots;
  readonly #durable: DurableTaskRun;
  #upstream: readonly Upstream[] = [];

  constructor(run: RunContext, parts: TaskRunParts) {
    this.#run = run;
    this.#arguments = parts.arguments;
    this.#slots = new TaskSlots(run, parts.record);
    this.#durable = new DurableTaskRun(run, parts, () => this.#slots.release());
  }

  /** The task run exists from now on, though nothing else has happened yet. */
  tellCreation(): Promise<void> {
    return this.#durable.tell();
  }

  /** The encoded result, once it has completed here: the store need not be asked for it. */
  get value(): ArrayBuffer | undefined {
    return this.#durable.value;
  }

  get #record(): TaskRunRecord {
    return this.#durable.record;
  }

  /** Ends it with what another run left: in one commit, without an attempt. Its verdict is told again, as its own. */
  async reuse({ input, bytes, verdict }: ReusedResult): Promise<void> {
    if (verdict) {
      const decided = { kind: 'verdict.decided', taskRunId: this.#record.id, verdict } as const;
      const record = this.#run.note({ verdict });
      this.#durable.tellNext({
        events: [decided],
        writes: [{ store: 'flowRuns', op: 'put', record }],
      });
    }
    await this.#durable.apply(input, bytes);
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
    if (blocking) await this.#durable.apply({ kind: 'upstream failed', taskRun: blocking.taskRun });
    for (;;) {
      const effect = effectOf(this.#record);
      if (effect.kind === 'finish') return this.#withHooksRun();
      if (effect.kind === 'attempt') await this.#attempt();
      else if (effect.kind === 'hold') await this.#hold();
      else await this.#wait(effect.until);
    }
  }

  async #withHooksRun(): Promise<TaskRunRecord> {
    return runHooksDue(this.#run, this.#record);
  }

  async #wait(until: number): Promise<void> {
    const { cancellation, ports } = this.#run;
    const waited = await cancellation.wait(ports.clock, until);
    if (!waited) return this.#durable.apply(this.#cancelled());
    if (this.#isHeld) return this.#durable.apply({ kind: 'held' });
    if (await this.#takeSlots()) await this.#durable.apply({ kind: 'retry due' });
  }

  /** While its flow run is paused, no attempt starts. */
  get #isHeld(): boolean {
    return this.#run.record().pause !== undefined;
  }

  async #hold(): Promise<void> {
    this.#slots.release();
    const resumed = await untilResumed(this.#run);
    await this.#durable.apply(resumed ? { kind: 'released' } : this.#cancelled());
  }

  /** False when it will never have them: then it has ended. */
  async #takeSlots(): Promise<boolean> {
    const refusal = await this.#slots.take((waits) =>
      this.#durable.apply({ kind: 'no slot', waits }),
    );
    if (refusal !== undefined) await this.#durable.apply({ kind: 'cancelled', reason: refusal });
    return refusal === undefined;
  }

  async #attempt(): Promise<void> {
    const { places, workers } = this.#run;
    if (this.#isHeld) return this.#durable.apply({ kind: 'held' });
    // Without tags there is nothing to wait for: task runs are created in the order of their calls.
    if (this.#record.policy.tags.length > 0 && !(await this.#takeSlots())) return;
    // Where a worker stands ready there is nothing between being created and running: one commit tells both.
    if (!(places.hasFree && workers.hasIdle)) await this.tellCreation();
    const giveBack = await places.take(this.#run.cancellation);
    if (!giveBack) return this.#durable.apply(this.#cancelled());
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
    const start = await startOf(this.#run, this.#record, fault);
    if (this.#isHeld) return this.#run.workers.giveBack(taken);
    const begun = this.#durable.begin(start);
    const ready = await this.#tellRunning(taken, begun);
    if (!ready.ok) return this.#durable.apply(endWithoutWorker(ready.failure));
    const { worker } = ready;
    const call = this.#call(fault);
    const { input, value } = await runAttempt(this.#run, this.#record, worker, call, begun);
    // Nobody is asked about an attempt that is not told yet.
    if (input.kind === 'failed') await begun;
    const decided =
      input.kind === 'failed' ? await decideRetry(this.#run, this.#record, input, worker) : input;
    this.#run.workers.giveBack(worker);
    // The next attempt need not wait until the end of this one is written.
    giveBack();
    await this.#durable.apply(decided, value);
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
      await this.#durable.apply({ kind: 'attempt started' });
      await this.#durable.apply({ kind: 'failed', failure, refused: 'it has no name' });
      return false;
    }
    this.#durable.note(record);
    this.#durable.tellNext({ events, writes: [] });
    if (!hit) return true;
    const { key, result, from } = hit.entry;
    // What was found may be deleted meanwhile: it is kept as long as this run, and its bytes come along.
    const use = useOfEntry(hit.entry, this.#record.flowRunId);
    this.#durable.tellNext({ events: [], writes: [use] });
    await this.#durable.apply({ kind: 'cache hit', key, result, from }, hit.value);
    return false;
  }

  #inputs(): Inputs {
    return {
      source: this.#run.taskSources[this.#record.taskName],
      arguments: this.#arguments,
      upstream: upstreamOutcomes(this.#upstream),
    };
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

  async #attemptWithoutWorker(failure: Failure): Promise<void> {
    await this.#durable.apply({ kind: 'attempt started' });
    await this.#durable.apply(endWithoutWorker(failure));
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

const endWithoutWorker = (failure: Failure): TaskInput =>
  failure.kind === 'lost' ? { kind: 'lost', cause: failure.cause } : { kind: 'failed', failure };
