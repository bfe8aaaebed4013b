import type { Failure } from '#domain/failures.ts';
import { FLOW_METHODS, type HostRequest } from '#domain/host-api.ts';
import { taskRunId } from '#domain/ids.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord, TaskRunRecord } from '#domain/records.ts';
import { pending } from '#domain/states.ts';
import type { Journal } from './journal.ts';
import type { RunContext } from './run-context.ts';
import { Sequence } from './sequence.ts';
import type { TaskDefaults } from './task-defaults.ts';
import { TaskRun } from './task-run.ts';

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
  /** Calls are opened in the order in which the body made them: indexes must not depend on how long hashing takes. */
  #arrivals = new Sequence();
  /** Outcomes reach the body in the order in which they were recorded: a replayed body sees what the first one saw. */
  #deliveries = new Sequence();
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
    this.#arrivals = new Sequence();
    this.#deliveries = new Sequence();
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
  async close(reason: string): Promise<void> {
    if (this.#running.size === 0) return;
    this.#run.cancellation.request(reason);
    await Promise.allSettled(this.#running.values());
  }

  async #callTask(request: CallTask): Promise<HostAnswer> {
    const argumentsHash = await this.#run.ports.hasher.hash(request.arguments);
    const call: JournalRecord = {
      ...this.#callOf(request.call),
      operation: 'task',
      subject: request.task,
      argumentsHash,
      argumentsBytes: request.arguments,
    };
    await this.#arrivals.turn(request.call);
    if (this.#differs(call)) return NEVER;
    const outcome = await this.#outcome(call.call, () => this.#runTask(call, request));
    const answer = await this.#answerOf(outcome, call);
    await this.#deliveries.turn(outcome.delivery);
    return answer;
  }

  /** Recorded before, under way, or to be made now. */
  #outcome(call: number, make: () => Promise<JournalOutcome>): Promise<JournalOutcome> {
    const recorded = this.#journal.call(call)?.outcome;
    if (recorded) return Promise.resolve(recorded);
    const running = this.#running.get(call) ?? make().finally(() => this.#running.delete(call));
    this.#running.set(call, running);
    return running;
  }

  async #runTask(call: JournalRecord, request: CallTask): Promise<JournalOutcome> {
    const record = (await this.#taskRunOf(call)) ?? (await this.#createTaskRun(call, request));
    const task = new TaskRun(this.#run, record, call.argumentsBytes, (ended) => [
      this.#journal.close(call.call, outcomeOf(ended, this.#run.ports.clock.now())),
    ]);
    await task.toEnd();
    return this.#journal.outcomeOf(call.call);
  }

  /** A task run that was under way when the run was interrupted. */
  async #taskRunOf(call: JournalRecord): Promise<TaskRunRecord | undefined> {
    if (!this.#journal.call(call.call)) return undefined;
    const all = await this.#run.ports.store.taskRunsOf(call.flowRunId);
    return all.find((one) => one.call === call.call && one.flowAttempt === call.flowAttempt);
  }

  async #createTaskRun(call: JournalRecord, request: CallTask): Promise<TaskRunRecord> {
    const policy = this.#tasks.get(request.task);
    if (!policy) throw new Error(`There is no task '${request.task}' in this source.`);
    const index = this.#journal.countOf(request.task);
    const { flowRunId, flowAttempt } = call;
    const key = { flowRunId, flowAttempt, taskName: request.task, index };
    const record: TaskRunRecord = {
      id: taskRunId(key),
      ...key,
      name: `${request.task}-${index}`,
      call: call.call,
      policy,
      state: pending(),
      attempts: [],
      retriesUsed: 0,
      recoveriesUsed: 0,
      createdAt: call.calledAt,
    };
    await this.#run.log.commit(
      [this.#created(record, request)],
      [this.#journal.open(call), { store: 'taskRuns', op: 'add', record }],
    );
    return record;
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
      dependsOn: request.dependsOn.map((one) => `${prefix}${one}` as typeof record.id),
      policy,
      state,
      reason: `the flow called ${taskName}`,
    } as const;
  }

  async #sleep(request: Sleep): Promise<HostAnswer> {
    const argumentsHash = await this.#run.ports.hasher.hash(new ArrayBuffer(0));
    const call: JournalRecord = {
      ...this.#callOf(request.call),
      operation: 'sleep',
      subject: String(request.seconds),
      argumentsHash,
      argumentsBytes: new ArrayBuffer(0),
    };
    await this.#arrivals.turn(request.call);
    if (this.#differs(call)) return NEVER;
    const outcome = await this.#outcome(call.call, () => this.#sleepUntilDue(call));
    await this.#deliveries.turn(outcome.delivery);
    return { ok: true, value: undefined, at: outcome.at };
  }

  async #sleepUntilDue(call: JournalRecord): Promise<JournalOutcome> {
    const { ports, log, cancellation } = this.#run;
    const opened = this.#journal.call(call.call);
    if (!opened) await log.commit([], [this.#journal.open(call)]);
    const due = (opened ?? call).calledAt + Number(call.subject) * 1000;
    if (!(await cancellation.wait(ports.clock, due))) return NEVER;
    const write = this.#journal.close(call.call, { at: ports.clock.now() });
    await log.commit([], [write]);
    return this.#journal.outcomeOf(call.call);
  }

  #lines({ lines }: Extract<HostRequest, { method: 'lines' }>): HostAnswer {
    const logger = `Flow run '${this.#run.record().name}'`;
    const at = this.#run.ports.clock.now();
    for (const line of lines)
      this.#run.log.bodyLine(line.kind === 'log' ? { ...line, at, logger } : { ...line, at });
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
    const { at, value, failure } = outcome;
    if (failure) return { ok: false, failure, at };
    const stored = value && (await this.#run.ports.store.get('values', value));
    if (!stored) throw new Error(`The result of ${call.subject} is no longer stored.`);
    const record = await this.#taskRunOf(call);
    return { ok: true, value: { taskRun: record?.name ?? call.subject, bytes: stored.bytes }, at };
  }
}

/** The worker is being ended: nothing more is answered. */
const NEVER = new Promise<never>(() => undefined);

const told = (call: JournalRecord): string =>
  `${call.operation === 'sleep' ? `sleep(${call.subject})` : call.subject} (call ${call.call}, arguments ${call.argumentsHash.slice(0, 14)})`;

function outcomeOf(record: TaskRunRecord, at: number): Omit<JournalOutcome, 'delivery'> {
  if (record.result && record.state.type === 'COMPLETED') return { at, value: record.result.hash };
  return {
    at,
    failure: record.failure ?? {
      kind: 'cancelled',
      reason: record.state.message ?? 'it did not complete',
    },
  };
}
