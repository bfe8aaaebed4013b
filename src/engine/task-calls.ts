import type { CallResult } from '#domain/author-api.ts';
import type { HostRequest } from '#domain/host-api.ts';
import { taskRunId, type ContentHash, type TaskRunKey } from '#domain/ids.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord, TaskRunRecord } from '#domain/records.ts';
import { completed, isOver, pending } from '#domain/states.ts';
import type { CallReplay } from './call-replay.ts';
import { outcomeOf, type Journal, type RememberedCall } from './journal.ts';
import type { ReusedResult } from './reuse.ts';
import type { RunContext } from './run-context.ts';
import { changeTaskRuns } from './task-changes.ts';
import type { TaskDefaults } from './task-defaults.ts';
import type { Untold } from './durable-task-run.ts';
import { TaskRun } from './task-run.ts';
import type { Upstream } from './upstream.ts';

type CallTask = Extract<HostRequest, { method: 'callTask' }>;

/** The task calls of a flow body: each is a task run, created once and driven to its end. */
export class TaskCalls {
  readonly #run: RunContext;
  readonly #journal: Journal;
  readonly #replay: CallReplay;
  readonly #tasks: TaskDefaults;
  /** Results that were just made, until they are answered. */
  readonly #values = new Map<number, ArrayBuffer>();
  /** Whether the last call is reused. */
  #decided: Promise<unknown> = Promise.resolve();

  constructor(run: RunContext, journal: Journal, replay: CallReplay, tasks: TaskDefaults) {
    this.#run = run;
    this.#journal = journal;
    this.#replay = replay;
    this.#tasks = tasks;
  }

  /** @param call its entry in the journal, as it would be opened */
  answer(call: JournalRecord, request: CallTask): Promise<HostAnswer> {
    return this.#replay.answer(
      call,
      () => this.#runTask(call, request),
      (outcome) => this.#answerOf(outcome, call),
    );
  }

  /** Submitted and never started: the body should have waited. */
  async tellForgotten(): Promise<void> {
    const { ports, record, log } = this.#run;
    const message = 'Please wait for all submitted tasks to complete before exiting your flow.';
    for (const taskRun of await ports.store.taskRunsOf(record().id)) {
      const { state, attempts } = taskRun;
      if (state.type === 'PENDING' && !isOver(state) && attempts.length === 0)
        log.sayOf(taskRun, 'ERROR', message);
    }
  }

  /** What an interrupted body had started and the replayed one did not come back to. */
  async cancelLeftOver(reason: string): Promise<void> {
    if (!this.#journal.hasOpenCalls) return;
    const { ports, record, log } = this.#run;
    const input = { kind: 'cancelled', reason } as const;
    const left = await changeTaskRuns(ports, this.#journal, record().id, input);
    if (left.events.length > 0) await log.commit(left.events, left.writes);
  }

  async #runTask(call: JournalRecord, request: CallTask): Promise<JournalOutcome> {
    refuseSelfDependency(request);
    const opened = this.#journal.call(call.call) !== undefined;
    const { record, creation } = opened
      ? { record: await this.#interruptedTaskRun(call) }
      : this.#newTaskRun(call, request);
    const endWrites = (ended: TaskRunRecord) => [
      this.#journal.close(call.call, outcomeOf(ended, this.#run.ports.clock.now())),
    ];
    const task = new TaskRun(this.#run, {
      record,
      arguments: call.argumentsBytes,
      endWrites,
      creation,
      isStaged: request.staged === true,
    });
    if (request.waitsFor.length > 0) {
      await this.#decided;
      await task.tellCreation();
    }
    const upstream = await this.#upstreamOf(request);
    const reused = this.#run.reuse.isEmpty ? undefined : await this.#reused(record, call, request);
    if (reused) await task.reuse(reused);
    await task.toEnd(upstream);
    if (task.value) this.#values.set(call.call, task.value);
    return this.#journal.outcomeOf(call.call);
  }

  /** One after another: task runs are created in the order of their calls, though a result must be read first. */
  #reused(
    record: TaskRunRecord,
    call: JournalRecord,
    request: CallTask,
  ): Promise<ReusedResult | undefined> {
    const decided = this.#decided.then(() => this.#decideReuse(record, call, request));
    this.#decided = decided;
    return decided;
  }

  /** What the run that this one was made from left for the call. A task run that has begun here goes on here. */
  async #decideReuse(
    record: TaskRunRecord,
    call: JournalRecord,
    request: CallTask,
  ): Promise<ReusedResult | undefined> {
    const { reuse, cancellation, log } = this.#run;
    const hasBegun = record.attempts.length > 0 || isOver(record.state);
    if (hasBegun || cancellation.reason !== undefined) return undefined;
    const decision = await reuse.taskRun(call, request, this.#journal);
    if (decision.kind === 'reused') return decision.reused;
    if (decision.why !== undefined) log.sayOf(record, 'INFO', `Not reused: ${decision.why}`);
    return undefined;
  }

  /** Waits for the calls whose futures it was given. They are earlier calls, so the body has made them before this one. */
  #upstreamOf({ waitsFor }: CallTask): Promise<readonly Upstream[]> {
    return Promise.all(
      waitsFor.map(async ({ call, allowFailure }) => {
        const outcome = await this.#replay.outcomeOf(call, () =>
          Promise.reject(new Error(`Call ${call} was not made.`)),
        );
        const { value, failure, state } = outcome;
        const stored = value && (await this.#stored(value));
        return {
          call,
          taskRun: this.#nameOfCall(call),
          blocks: !allowFailure && state?.type !== 'COMPLETED',
          ...(stored ? { value: stored } : {}),
          ...(failure ? { failure } : {}),
        };
      }),
    );
  }

  #nameOfCall(call: number): string {
    const record = this.#journal.call(call);
    return record ? nameOf(this.#keyOf(record)) : `call ${call}`;
  }

  /** A task run that was under way when the run was interrupted. */
  async #interruptedTaskRun(call: JournalRecord): Promise<TaskRunRecord> {
    const id = taskRunId(this.#keyOf(call));
    const record = await this.#run.ports.store.get('taskRuns', id);
    if (record) return record;
    throw new Error(
      `The task run of call ${call.call} is not stored: it was opened in one commit with it.`,
    );
  }

  #newTaskRun(call: JournalRecord, request: CallTask): { record: TaskRunRecord; creation: Untold } {
    const policy = this.#tasks.get(request.task);
    if (!policy) throw new Error(`There is no task '${request.task}' in this source.`);
    const key = this.#keyOf(call);
    const record: TaskRunRecord = {
      id: taskRunId(key),
      ...key,
      name: nameOf(key),
      call: call.call,
      policy,
      state: pending(),
      attempts: [],
      retriesUsed: 0,
      recoveriesUsed: 0,
      createdAt: call.calledAt,
    };
    const writes = [this.#journal.open(call)];
    return { record, creation: { events: [this.#created(record, request)], writes } };
  }

  #created(record: TaskRunRecord, request: CallTask) {
    const prefix = record.id.slice(0, record.id.lastIndexOf('/') + 1);
    const { taskName, index, name, flowAttempt, policy, state } = record;
    return {
      kind: 'task-run.created',
      taskRunId: record.id,
      taskName,
      index,
      name,
      flowAttempt,
      dependsOn: [
        ...new Set([
          ...request.dependsOn,
          ...request.waitsFor
            .filter(({ call }) => this.#journal.call(call)?.operation === 'task')
            .map(({ call }) => this.#nameOfCall(call)),
        ]),
      ].map((one) => `${prefix}${one}` as typeof record.id),
      policy,
      state,
      reason: { kind: 'called', task: taskName },
    } as const;
  }

  async #answerOf(outcome: JournalOutcome, call: JournalRecord): Promise<HostAnswer> {
    const { at, value, failure, state = completed() } = outcome;
    const taskRun = nameOf(this.#keyOf(call));
    if (failure) return { ok: true, value: { taskRun, state, failure } satisfies CallResult, at };
    const bytes = this.#values.get(call.call) ?? (value && (await this.#stored(value)));
    this.#values.delete(call.call);
    if (!bytes) throw new Error(`The result of ${taskRun} is no longer stored.`);
    return { ok: true, value: { taskRun, state, bytes } satisfies CallResult, at };
  }

  async #stored(hash: ContentHash): Promise<ArrayBuffer | undefined> {
    return (await this.#run.ports.store.get('values', hash))?.bytes;
  }

  #keyOf(call: RememberedCall): TaskRunKey {
    const { flowRunId, flowAttempt, subject } = call;
    return { flowRunId, flowAttempt, taskName: subject, index: this.#journal.indexOf(call) };
  }
}

function refuseSelfDependency({ call, waitsFor }: CallTask): void {
  if (waitsFor.some((one) => one.call >= call))
    throw new Error('Discovered a task depending on itself.');
}

const nameOf = ({ taskName, index }: TaskRunKey): string => `${taskName}-${index}`;
