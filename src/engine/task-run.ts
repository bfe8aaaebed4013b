import type { Outcome, TaskCall, UpstreamOutcome } from '#domain/author-api.ts';
import type { TaskRunEvent } from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import { faultFor, type Fault } from '#domain/faults.ts';
import type { Verdict } from '#domain/gate.ts';
import type { AuthorWorker, Lost } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { isOver, type State } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import { whyNoRetry } from './retry-condition.ts';
import { callContext, type RunContext } from './run-context.ts';
import { effectOf, transitionTask, type TaskInput } from './task-machine.ts';
import { TaskRequests } from './task-requests.ts';

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
}

/** Drives one task run through its machine until it ends: attempt, wait, attempt again. */
export class TaskRun {
  readonly #run: RunContext;
  readonly #arguments: ArrayBuffer;
  readonly #endWrites: EndWrites;
  #record: TaskRunRecord;
  #upstream: readonly Upstream[] = [];
  #value: ArrayBuffer | undefined;
  #creation: Creation | undefined;

  constructor(run: RunContext, parts: TaskRunParts) {
    this.#run = run;
    this.#record = parts.record;
    this.#arguments = parts.arguments;
    this.#endWrites = parts.endWrites;
    this.#creation = parts.creation;
  }

  /** The task run exists from now on, though nothing else has happened yet. */
  async tellCreation(): Promise<void> {
    const { events = [], writes = [] } = this.#takeCreation() ?? {};
    if (events.length === 0) return;
    const record: Write = { store: 'taskRuns', op: 'put', record: this.#record };
    await this.#run.log.commit(events, [...writes, record]);
  }

  #takeCreation(): Creation | undefined {
    const creation = this.#creation;
    this.#creation = undefined;
    return creation;
  }

  /** The encoded result, once it has completed here: the store need not be asked for it. */
  get value(): ArrayBuffer | undefined {
    return this.#value;
  }

  /** @param upstream outcomes of what it waits for, all there */
  async toEnd(upstream: readonly Upstream[]): Promise<TaskRunRecord> {
    this.#upstream = upstream;
    const blocking = upstream.find((one) => one.blocks);
    if (blocking) await this.#apply({ kind: 'upstream failed', taskRun: blocking.taskRun });
    for (;;) {
      const effect = effectOf(this.#record);
      if (effect.kind === 'finish') return this.#record;
      if (effect.kind === 'attempt') await this.#attempt();
      else await this.#wait(effect.until);
    }
  }

  async #wait(until: number): Promise<void> {
    const { cancellation, ports } = this.#run;
    const waited = await cancellation.wait(ports.clock, until);
    await this.#apply(waited ? { kind: 'retry due' } : this.#cancelled());
  }

  async #attempt(): Promise<void> {
    const { places, workers } = this.#run;
    // Where a worker stands ready there is nothing between being created and running: one commit tells both.
    if (!(places.hasFree && workers.hasIdle)) await this.tellCreation();
    const giveBack = await places.take(this.#run.cancellation);
    if (!giveBack) return this.#apply(this.#cancelled());
    try {
      const pooled = await workers.take();
      if (pooled.ok) await this.#attemptOn(pooled.worker, giveBack);
      else await this.#attemptWithoutWorker(pooled.failure);
    } finally {
      giveBack();
    }
  }

  async #attemptOn(worker: AuthorWorker, giveBack: () => void): Promise<void> {
    const fault = faultFor(
      this.#run.record().faults,
      this.#record.taskName,
      this.#record.attempts.length + 1,
    );
    await this.#apply(await this.#start(fault));
    const crash = fault?.effect.kind === 'crash' ? fault.effect : undefined;
    const requests = new TaskRequests(this.#run, this.#record, {
      ...(crash ? { crashAt: crash.at } : {}),
      crash: () => worker.terminate('worker terminated'),
    });
    const outcome = await this.#outcomeOf(worker, fault, requests);
    const input = await this.#inputOf(outcome, fault, requests.verdict);
    const decided = input.kind === 'failed' ? await this.#decideRetry(input, worker) : input;
    this.#run.workers.giveBack(worker);
    // The next attempt need not wait until the end of this one is written.
    giveBack();
    await this.#apply(decided, 'value' in outcome ? outcome.value : undefined);
  }

  /** What chance and the author's condition have to say, before the machine decides. */
  async #decideRetry(
    input: Extract<TaskInput, { kind: 'failed' }>,
    worker: AuthorWorker,
  ): Promise<TaskInput> {
    const { policy, retriesUsed } = this.#record;
    if (retriesUsed >= policy.retries) return input;
    const draw = policy.retryJitterFactor > 0 ? { draw: this.#run.ports.entropy.random() } : {};
    if (!policy.asksBeforeRetry) return { ...input, ...draw };
    const refused = await whyNoRetry(this.#run, this.#record, input.failure, worker);
    return { ...input, ...draw, ...(refused === undefined ? {} : { refused }) };
  }

  async #attemptWithoutWorker(failure: Failure): Promise<void> {
    await this.#apply({ kind: 'attempt started' });
    await this.#apply(
      failure.kind === 'lost'
        ? { kind: 'lost', cause: failure.cause }
        : { kind: 'failed', failure },
    );
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

  /** Whatever ends it first: the body, the timeout, a cancel, a fault, a dead worker. */
  async #outcomeOf(
    worker: AuthorWorker,
    fault: Fault | undefined,
    requests: TaskRequests,
  ): Promise<Ended> {
    const { cancellation, ports } = this.#run;
    const { timeoutSeconds } = this.#record.policy;
    let ended: Ended | undefined;
    const endBy = (reason: Ended) => {
      ended ??= reason;
      worker.terminate('worker terminated');
    };
    const stopTimer =
      timeoutSeconds === undefined
        ? undefined
        : ports.clock.at(ports.clock.now() + timeoutSeconds * 1000, () =>
            endBy({ failure: { kind: 'timeout', seconds: timeoutSeconds, subject: 'Task' } }),
          );
    const stopListening = cancellation.onRequest((reason) => endBy({ cancelled: reason }));
    const running = worker.runTask(this.#call(fault), requests.handle);
    if (fault?.effect.kind === 'crash' && fault.effect.at === 0)
      worker.terminate('worker terminated');
    const outcome = await running;
    stopTimer?.();
    stopListening();
    return ended ?? outcome;
  }

  async #inputOf(
    ended: Ended,
    fault: Fault | undefined,
    verdict: Verdict | undefined,
  ): Promise<TaskInput> {
    if ('cancelled' in ended) return { kind: 'cancelled', reason: ended.cancelled };
    if ('lost' in ended)
      return {
        kind: 'lost',
        cause: ended.lost,
        ...(fault?.effect.kind === 'crash' ? { injected: true } : {}),
      };
    if ('failure' in ended) return { kind: 'failed', failure: markInjected(ended.failure, fault) };
    const made = ended.state && inputOfState(ended.state);
    if (made) return made;
    this.#warnIfFaultDidNotStrike(fault);
    const hash = await this.#run.ports.hasher.hash(ended.value);
    return {
      kind: 'succeeded',
      result: { hash, bytes: ended.value.byteLength, label: ended.label },
      ...(verdict ? { stateName: verdict.promoted ? 'Promoted' : 'Rejected' } : {}),
      ...(ended.state ? namedBy(ended.state) : {}),
    };
  }

  #warnIfFaultDidNotStrike(fault: Fault | undefined): void {
    if (fault?.effect.kind !== 'hang' && fault?.effect.kind !== 'crash') return;
    const { kind, at } = fault.effect;
    const { name } = this.#record;
    this.#run.log.say(
      'WARNING',
      `The fault ${kind}@${at} did not strike: '${name}' reported no progress of ${at}`,
    );
  }

  /** One commit: the record, its events, a result's bytes, and at the end what the journal needs. */
  async #apply(input: TaskInput, value?: ArrayBuffer): Promise<void> {
    const { clock } = this.#run.ports;
    const { record, events } = transitionTask(this.#record, input, clock.now());
    if (events.length === 0) return;
    const writes: Write[] = [{ store: 'taskRuns', op: 'put', record }];
    if (value && record.result)
      writes.push({
        store: 'values',
        op: 'put',
        record: { hash: record.result.hash, bytes: value },
      });
    if (isOver(record.state)) writes.push(...this.#endWrites(record));
    const creation = this.#takeCreation();
    await this.#run.log.commit(
      [...(creation?.events ?? []), ...events],
      [...(creation?.writes ?? []), ...writes],
    );
    this.#record = record;
    this.#value = value;
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
      upstream: this.#upstream.map(({ call, value, failure }) => ({
        call,
        ...(value ? { value } : {}),
        ...(failure ? { failure } : {}),
      })),
    };
  }
}

/** An outcome that a task run waits for. */
export interface Upstream extends UpstreamOutcome {
  readonly taskRun: string;
  /** It did not complete, and its failure was not allowed. */
  readonly blocks: boolean;
}

/** What a state that the body made itself means, when it is not Completed. */
function inputOfState(state: State): TaskInput | undefined {
  const message = state.message ?? `the task returned ${state.name}`;
  if (state.type === 'COMPLETED') return undefined;
  if (state.type === 'CANCELLED') return { kind: 'cancelled', reason: message };
  return { kind: 'failed', failure: { kind: 'exception', name: state.name, message } };
}

const namedBy = ({ name, message }: State): { stateName: string; message?: string } => ({
  stateName: name,
  ...(message === undefined ? {} : { message }),
});

/** How an attempt ended. */
type Ended = Outcome | Lost | { readonly failure: Failure } | { readonly cancelled: string };

function markInjected(failure: Failure, fault: Fault | undefined): Failure {
  if (failure.kind !== 'exception' || fault?.effect.kind !== 'throw') return failure;
  return { ...failure, injected: true };
}
