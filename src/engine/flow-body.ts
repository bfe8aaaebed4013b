import type { CallResult } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import { FLOW_METHODS, type HostRequest } from '#domain/host-api.ts';
import { taskRunId, type ContentHash, type TaskRunKey } from '#domain/ids.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord, TaskRunRecord } from '#domain/records.ts';
import { completed, pending } from '#domain/states.ts';
import { outcomeOf, type Journal, type RememberedCall } from './journal.ts';
import type { RunContext } from './run-context.ts';
import { changeTaskRuns } from './task-changes.ts';
import type { TaskDefaults } from './task-defaults.ts';
import { TaskRun, type Creation, type Upstream } from './task-run.ts';
import { Turns } from './turns.ts';

const LINES_PER_ATTEMPT = 1_000_000_000;

type CallTask = Extract<HostRequest, { method: 'callTask' }>;
type Sleep = Extract<HostRequest, { method: 'sleep' }>;

/**
 * Answers the calls of a flow body, from the journal as far as it goes, then for real. It outlives a lost flow worker:
 * tasks that run go on, and the body that is entered again finds them by call number.
 */
export class FlowBody {
  readonly #run: RunContext;
  readonly #journal: Journal;
  readonly #tasks: TaskDefaults;
  #turns = new Turns();
  #closed = false;
  /** Results that were just made, until they are answered. */
  readonly #values = new Map<number, ArrayBuffer>();
  readonly #running = new Map<number, Promise<JournalOutcome>>();
  #fatal: (failure: Failure) => void = () => undefined;

  constructor(run: RunContext, journal: Journal, tasks: TaskDefaults) {
    this.#run = run;
    this.#journal = journal;
    this.#tasks = tasks;
  }

  onFatal(listener: (failure: Failure) => void): void {
    this.#fatal = listener;
  }

  /** A body starts, for the first time or again. */
  enter(): void {
    this.#turns = new Turns();
  }

  readonly handle = async (request: HostRequest): Promise<HostAnswer> => {
    switch (request.method) {
      case 'callTask':
        return this.#callTask(request);
      case 'sleep':
        return this.#sleep(request);
      case 'lines':
        return this.#lines(request);
      default:
        throw new Error(
          `A flow body may ask for ${[...FLOW_METHODS].join(', ')} only, not ${request.method}.`,
        );
    }
  };

  /** The body is over: what it started and did not wait for ends now. */
  async close(reason: string, returned: boolean): Promise<void> {
    this.#closed = true;
    if (returned && this.#running.size > 0) await this.#tellForgotten();
    this.#run.cancellation.request(reason);
    await Promise.allSettled(this.#running.values());
    await this.#cancelLeftOver(reason);
  }

  /** Submitted and never started: the body should have waited. */
  async #tellForgotten(): Promise<void> {
    const { ports, record, log } = this.#run;
    const at = ports.clock.now();
    for (const { id, name, state, attempts } of await ports.store.taskRunsOf(record().id))
      if (state.name === 'Pending' && attempts.length === 0)
        log.line({
          kind: 'log',
          level: 'ERROR',
          logger: `Task run '${name}'`,
          message: 'Please wait for all submitted tasks to complete before exiting your flow.',
          at,
          taskRunId: id,
          attempt: 0,
        });
  }

  /** What an interrupted body had started and the replayed one did not come back to. */
  async #cancelLeftOver(reason: string): Promise<void> {
    if (!this.#journal.hasOpenCalls) return;
    const { ports, record, log } = this.#run;
    const input = { kind: 'cancelled', reason } as const;
    const left = await changeTaskRuns(ports, this.#journal, record().id, input);
    if (left.events.length > 0) await log.commit(left.events, left.writes);
  }

  async #callTask(request: CallTask): Promise<HostAnswer> {
    const turns = this.#turns;
    const argumentsHash = await this.#run.ports.hasher.hash(request.arguments);
    const call: JournalRecord = {
      ...this.#callOf(request.call),
      operation: 'task',
      subject: request.task,
      argumentsHash,
      argumentsBytes: request.arguments,
    };
    await turns.arrivals.turn(request.call);
    refuseSelfDependency(request);
    if (this.#isOver(turns) || this.#differs(call)) return NEVER;
    const outcome = await this.#outcome(call.call, () => this.#runTask(call, request));
    const answer = await this.#answerOf(outcome, call);
    await turns.deliveries.turn(outcome.delivery);
    return answer;
  }

  /** The body that asks has returned, or another was entered in its place: it starts nothing any more. */
  #isOver(turns: Turns): boolean {
    return this.#closed || turns !== this.#turns;
  }

  /** Under way, recorded before, or to be made now. What is under way may not be durable yet, so that comes first. */
  #outcome(call: number, make: () => Promise<JournalOutcome>): Promise<JournalOutcome> {
    const running = this.#running.get(call);
    if (running) return running;
    const recorded = this.#journal.call(call)?.outcome;
    if (recorded) return Promise.resolve(recorded);
    const made = make().finally(() => this.#running.delete(call));
    this.#running.set(call, made);
    return made;
  }

  async #runTask(call: JournalRecord, request: CallTask): Promise<JournalOutcome> {
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
    });
    if (request.waitsFor.length > 0) await task.tellCreation();
    await task.toEnd(await this.#upstreamOf(request));
    if (task.value) this.#values.set(call.call, task.value);
    return this.#journal.outcomeOf(call.call);
  }

  /** Waits for the calls whose futures it was given. They are earlier calls, so the body has made them before this one. */
  #upstreamOf({ waitsFor }: CallTask): Promise<readonly Upstream[]> {
    return Promise.all(
      waitsFor.map(async ({ call, allowFailure }) => {
        const outcome = await this.#outcome(call, () =>
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

  #newTaskRun(
    call: JournalRecord,
    request: CallTask,
  ): { record: TaskRunRecord; creation: Creation } {
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
          ...request.waitsFor.map(({ call }) => this.#nameOfCall(call)),
        ]),
      ].map((one) => `${prefix}${one}` as typeof record.id),
      policy,
      state,
      reason: `the flow called ${taskName}`,
    } as const;
  }

  async #sleep(request: Sleep): Promise<HostAnswer> {
    const turns = this.#turns;
    const argumentsHash = await this.#run.ports.hasher.hash(new ArrayBuffer(0));
    const call: JournalRecord = {
      ...this.#callOf(request.call),
      operation: 'sleep',
      subject: String(request.seconds),
      argumentsHash,
      argumentsBytes: new ArrayBuffer(0),
    };
    await turns.arrivals.turn(request.call);
    if (this.#isOver(turns) || this.#differs(call)) return NEVER;
    const outcome = await this.#outcome(call.call, () => this.#sleepUntilDue(call));
    await turns.deliveries.turn(outcome.delivery);
    return { ok: true, value: undefined, at: outcome.at };
  }

  async #sleepUntilDue(call: JournalRecord): Promise<JournalOutcome> {
    const { ports, log, cancellation } = this.#run;
    const opened = this.#journal.call(call.call);
    if (!opened) await log.commit([], [this.#journal.open(call)]);
    const due = (opened ?? call).calledAt + Number(call.subject) * 1000;
    if (!(await cancellation.wait(ports.clock, due))) throw new Error('The flow run has ended.');
    const write = this.#journal.close(call.call, { at: ports.clock.now() });
    await log.commit([], [write]);
    return this.#journal.outcomeOf(call.call);
  }

  async #lines({ lines }: Extract<HostRequest, { method: 'lines' }>): Promise<HostAnswer> {
    const logger = `Flow run '${this.#run.record().name}'`;
    const at = this.#run.ports.clock.now();
    // Each flow attempt counts its lines from 0; kept, the numbers go on rising.
    const offset = (this.#run.record().flowAttempt - 1) * LINES_PER_ATTEMPT;
    await this.#run.log.bodyLines(
      lines.map((line) => ({
        ...(line.kind === 'log' ? { ...line, logger } : line),
        at,
        ordinal: offset + line.ordinal,
      })),
    );
    return { ok: true, value: undefined };
  }

  #callOf(call: number) {
    const { id, flowAttempt } = this.#run.record();
    return { flowRunId: id, flowAttempt, call, calledAt: this.#run.ports.clock.now() };
  }

  /** A replayed body must call what it called before; if not, the run ends and names both. */
  #differs(call: JournalRecord): boolean {
    const before = this.#journal.call(call.call);
    if (!before) return false;
    const same =
      before.operation === call.operation &&
      before.subject === call.subject &&
      before.argumentsHash === call.argumentsHash;
    if (same) return false;
    this.#fatal({ kind: 'non-determinism', recorded: told(before), called: told(call) });
    return true;
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

/** The worker is being ended: nothing more is answered. */
const NEVER = new Promise<never>(() => undefined);

const nameOf = ({ taskName, index }: TaskRunKey): string => `${taskName}-${index}`;

const told = (call: RememberedCall): string =>
  `${call.operation === 'sleep' ? `sleep(${call.subject})` : call.subject} (call ${call.call}, arguments ${call.argumentsHash.slice(0, 14)})`;
