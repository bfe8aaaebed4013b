import type { HostRequest } from '#domain/host-api.ts';
import { taskRunId } from '#domain/ids.ts';
import type { Failure } from '#domain/failures.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord, TaskRunRecord } from '#domain/records.ts';
import { completed } from '#domain/states.ts';
import type { CallReplay } from './call-replay.ts';
import { runTaskHooks } from './hooks.ts';
import type { Journal } from './journal.ts';
import type { RunContext } from './run-context.ts';
import { keepResult } from './task-cache.ts';
import { transitionTask } from './task-machine.ts';
import { runHooksDue } from './task-run.ts';

type CommitTask = Extract<HostRequest, { method: 'commitTask' }>;
type RollBackTask = Extract<HostRequest, { method: 'rollBackTask' }>;

/** What the transactions of a flow body do to its task runs. Taken up again after a crash, hooks may run twice. */
export class Transactions {
  readonly #run: RunContext;
  readonly #journal: Journal;
  readonly #replay: CallReplay;

  constructor(run: RunContext, journal: Journal, replay: CallReplay) {
    this.#run = run;
    this.#journal = journal;
    this.#replay = replay;
  }

  commit(call: JournalRecord, { task }: CommitTask): Promise<HostAnswer> {
    return this.#answer(call, task, (record) => this.#commitTask(record));
  }

  rollBack(call: JournalRecord, { task, why }: RollBackTask): Promise<HostAnswer> {
    return this.#answer(call, task, (record) => this.#rollBackTask(record, why));
  }

  #answer(
    call: JournalRecord,
    task: number,
    act: (record: TaskRunRecord) => Promise<Failure | undefined>,
  ): Promise<HostAnswer> {
    return this.#replay.answer(
      call,
      () => this.#make(call, task, act),
      ({ at, failure }) =>
        failure ? { ok: false, failure, at } : { ok: true, value: undefined, at },
    );
  }

  async #make(
    call: JournalRecord,
    task: number,
    act: (record: TaskRunRecord) => Promise<Failure | undefined>,
  ): Promise<JournalOutcome> {
    const record = await this.#taskRunOf(task);
    const { log, ports } = this.#run;
    if (!this.#journal.call(call.call)) await log.commit([], [this.#journal.open(call)]);
    const failure = await act(record);
    const outcome = { at: ports.clock.now(), state: completed(), ...(failure ? { failure } : {}) };
    await log.commit([], [this.#journal.close(call.call, outcome)]);
    return this.#journal.outcomeOf(call.call);
  }

  async #commitTask(record: TaskRunRecord): Promise<Failure | undefined> {
    const { result, cacheKey, state, policy } = record;
    if (state.name === 'Cached') return undefined;
    if (result && cacheKey)
      await this.#run.log.commit([], [keepResult(this.#run, record, result, cacheKey)]);
    if (!policy.hooks?.onCommit) return undefined;
    const hooks = await runTaskHooks(this.#run, record, 'onCommit');
    const { id: taskRunId } = record;
    await this.#run.log.commit([{ kind: 'hooks.ran', taskRunId, hook: 'onCommit', hooks }], []);
    return hooks.find(({ failure }) => failure)?.failure;
  }

  async #rollBackTask(record: TaskRunRecord, why: string): Promise<undefined> {
    const { clock } = this.#run.ports;
    const rolledBack = transitionTask(record, { kind: 'rolled back', why }, clock.now());
    if (rolledBack.events.length > 0)
      await this.#run.log.commit(rolledBack.events, [
        { store: 'taskRuns', op: 'put', record: rolledBack.record },
      ]);
    await runHooksDue(this.#run, rolledBack.record);
  }

  async #taskRunOf(call: number): Promise<TaskRunRecord> {
    const opened = this.#journal.call(call);
    if (opened?.operation !== 'task' || !opened.outcome)
      throw new Error(`Call ${call} is no task run that has ended, so no transaction can hold it.`);
    const { flowRunId, flowAttempt, subject: taskName } = opened;
    const index = this.#journal.indexOf(opened);
    const id = taskRunId({ flowRunId, flowAttempt, taskName, index });
    const record = await this.#run.ports.store.get('taskRuns', id);
    if (record) return record;
    throw new Error(`The task run of call ${call} is no longer stored.`);
  }
}
