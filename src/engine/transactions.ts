import type { HostRequest } from '#domain/host-api.ts';
import { taskRunId } from '#domain/ids.ts';
import type { Failure } from '#domain/failures.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord, TaskRunRecord } from '#domain/records.ts';
import { completed } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import type { CallReplay } from './call-replay.ts';
import { runTaskHooks } from './hooks.ts';
import type { Journal } from './journal.ts';
import type { RunContext } from './run-context.ts';
import { keepResult } from './task-cache.ts';
import { transitionTask } from './task-machine.ts';
import { runHooksDue } from './hooks.ts';

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
    return this.#answer(call, task, (record) => this.#commitTask(record, call));
  }

  rollBack(call: JournalRecord, { task, why }: RollBackTask): Promise<HostAnswer> {
    return this.#answer(call, task, (record) => this.#rollBackTask(record, call, why));
  }

  #answer(
    call: JournalRecord,
    task: number,
    act: (record: TaskRunRecord) => Promise<void>,
  ): Promise<HostAnswer> {
    return this.#replay.answer(
      call,
      () => this.#make(call, task, act),
      ({ at, failure }) =>
        failure ? { ok: false, failure, at } : { ok: true, value: undefined, at },
    );
  }

  /** @param act closes the call */
  async #make(
    call: JournalRecord,
    task: number,
    act: (record: TaskRunRecord) => Promise<void>,
  ): Promise<JournalOutcome> {
    const record = await this.#taskRunOf(task);
    if (!this.#journal.call(call.call)) await this.#run.log.commit([], [this.#journal.open(call)]);
    await act(record);
    return this.#journal.outcomeOf(call.call);
  }

  /** One commit tells how the hooks ended and closes the call: after it they do not run again. */
  async #commitTask(record: TaskRunRecord, call: JournalRecord): Promise<void> {
    const { result, cacheKey, state, policy } = record;
    const isOwn = state.name !== 'Cached';
    const kept = isOwn && result && cacheKey ? keepResult(this.#run, record, result, cacheKey) : [];
    if (!isOwn || !policy.hooks?.onCommit)
      return this.#run.log.commit([], [...kept, this.#close(call)]);
    await runTaskHooks(this.#run, record, 'onCommit', undefined, (ends) => {
      const failed = ends.find(({ failure }) => failure)?.failure;
      return failed ? [this.#close(call, failed)] : [...kept, this.#close(call)];
    });
  }

  async #rollBackTask(record: TaskRunRecord, call: JournalRecord, why: string): Promise<void> {
    const { clock } = this.#run.ports;
    const rolledBack = transitionTask(record, { kind: 'rolled back', why }, clock.now());
    if (rolledBack.events.length > 0)
      await this.#run.log.commit(rolledBack.events, [
        { store: 'taskRuns', op: 'put', record: rolledBack.record },
        ...this.#forgotten(record),
      ]);
    await runHooksDue(this.#run, rolledBack.record);
    await this.#run.log.commit([], [this.#close(call)]);
  }

  /** What was undone is no result that others may take; it may have been kept before a later commit failed. */
  #forgotten({ cacheKey }: TaskRunRecord): readonly Write[] {
    if (!cacheKey) return [];
    return [{ store: 'cache', op: 'delete', key: [this.#run.record().flowId, cacheKey.key] }];
  }

  #close(call: JournalRecord, failure?: Failure): Write {
    const at = this.#run.ports.clock.now();
    const outcome = { at, state: completed(), ...(failure ? { failure } : {}) };
    return this.#journal.close(call.call, outcome);
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
