import type { Failure } from '#domain/failures.ts';
import { FLOW_METHODS, type HostRequest } from '#domain/host-api.ts';
import { flowRunLogger } from '#domain/lines.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord } from '#domain/records.ts';
import { CallReplay } from './call-replay.ts';
import type { Journal } from './journal.ts';
import { encodedQuestion, PauseCalls, type AskPause } from './pause-calls.ts';
import type { RunContext } from './run-context.ts';
import { runHooksDue } from './hooks.ts';
import { SubflowCalls } from './subflow-calls.ts';
import { TaskCalls } from './task-calls.ts';
import { Transactions } from './transactions.ts';
import { changeTaskRuns } from './task-changes.ts';
import type { TaskDefaults } from './task-defaults.ts';

const LINES_PER_ATTEMPT = 1_000_000_000;
const NOTHING = new ArrayBuffer(0);

type Ask<M extends HostRequest['method']> = Extract<HostRequest, { method: M }>;

/** Answers what the body of one flow attempt asks, however often it is entered. */
export class FlowBody {
  readonly #run: RunContext;
  readonly #journal: Journal;
  readonly #replay: CallReplay;
  readonly #taskCalls: TaskCalls;
  readonly #transactions: Transactions;
  readonly pauses: PauseCalls;
  readonly #subflowCalls: SubflowCalls;

  constructor(run: RunContext, journal: Journal, tasks: TaskDefaults) {
    this.#run = run;
    this.#journal = journal;
    this.#replay = new CallReplay(journal);
    this.#taskCalls = new TaskCalls(run, journal, this.#replay, tasks);
    this.#transactions = new Transactions(run, journal, this.#replay);
    this.pauses = new PauseCalls(run, journal, this.#replay);
    this.#subflowCalls = new SubflowCalls(run, journal, this.#replay);
  }

  /** As in `FlowInput`. */
  get answered(): number {
    return this.#journal.answered;
  }

  onFatal(listener: (failure: Failure) => void): void {
    this.#replay.onFatal(listener);
  }

  /** A body starts, for the first time or again. */
  enter(): void {
    this.#replay.enter();
  }

  readonly handle = async (request: HostRequest): Promise<HostAnswer> => {
    switch (request.method) {
      case 'callTask':
        return this.#callTask(request);
      case 'commitTask':
        return this.#transactions.commit(
          await this.#callOf(request.call, 'commit', String(request.task)),
          request,
        );
      case 'rollBackTask':
        return this.#transactions.rollBack(
          await this.#callOf(request.call, 'roll back', String(request.task)),
          request,
        );
      case 'callFlow':
        return this.#callFlow(request);
      case 'sleep':
        return this.#sleep(request);
      case 'pause':
        return this.#pause(request);
      case 'lines':
        return this.#lines(request);
      case 'artifact':
      case 'updateArtifact':
      case 'emitEvent': {
        const attempt = this.#run.record().flowAttempt;
        return { ok: true, value: await this.#run.author.answer({ attempt }, request) };
      }
      default:
        throw new Error(
          `A flow body may ask for ${[...FLOW_METHODS].join(', ')} only, not ${request.method}.`,
        );
    }
  };

  /** Hooks that a lost engine still owed to task runs that had ended. */
  async runHooksDue(): Promise<void> {
    const { ports, record } = this.#run;
    for (const taskRun of await ports.store.taskRunsOf(record().id))
      if (taskRun.hooksDue) await runHooksDue(this.#run, taskRun);
  }

  /** The body is over: what it started and did not wait for ends now. */
  async close(reason: string, returned: boolean): Promise<void> {
    this.#replay.close();
    if (returned && !this.#replay.isIdle) await this.#taskCalls.tellForgotten();
    this.#run.cancellation.request(reason);
    await this.#replay.settled();
    await this.#taskCalls.cancelLeftOver(reason);
    await this.#subflowCalls.endLeftOver(reason);
  }

  /** The run cannot be written any more: what it called must not go on either. */
  stop(error: unknown): void {
    this.#subflowCalls.stop(error);
  }

  /** Nothing is under way but the pause that is on. */
  get isPausedOnly(): boolean {
    return this.#replay.isIdleBut(this.#run.record().pause?.call);
  }

  /** For the commit that ends a run whose task runs nobody drives. */
  cancelledTasks(reason: string) {
    const { ports, record } = this.#run;
    return changeTaskRuns(ports, this.#journal, record().id, { kind: 'cancelled', reason });
  }

  async #callTask(request: Ask<'callTask'>): Promise<HostAnswer> {
    const { call, task } = request;
    const opened = await this.#callOf(call, 'task', task, request.arguments);
    return this.#taskCalls.answer(opened, request);
  }

  async #pause(request: AskPause): Promise<HostAnswer> {
    const { call, key = '' } = request;
    return this.pauses.answer(
      await this.#callOf(call, 'pause', key, encodedQuestion(request)),
      request,
    );
  }

  async #callFlow({ call, flow, parameters }: Ask<'callFlow'>): Promise<HostAnswer> {
    return this.#subflowCalls.answer(await this.#callOf(call, 'flow', flow, parameters));
  }

  async #sleep({ call, seconds }: Ask<'sleep'>): Promise<HostAnswer> {
    const opened = await this.#callOf(call, 'sleep', String(seconds));
    return this.#replay.answer(
      opened,
      () => this.#sleepUntilDue(opened),
      ({ at }) => ({ ok: true, value: undefined, at }),
    );
  }

  async #sleepUntilDue(call: JournalRecord): Promise<JournalOutcome> {
    const { ports, log, cancellation, reuse } = this.#run;
    const opened = this.#journal.call(call.call);
    if (!opened && reuse.skipsSleep(call)) return this.#skipSleep(call);
    if (!opened) await log.commit([], [this.#journal.open(call)]);
    const due = (opened ?? call).calledAt + Number(call.subject) * 1000;
    if (!(await cancellation.wait(ports.clock, due))) throw new Error('The flow run has ended.');
    const write = this.#journal.close(call.call, { at: ports.clock.now() });
    await log.commit([], [write]);
    return this.#journal.outcomeOf(call.call);
  }

  async #skipSleep(call: JournalRecord): Promise<JournalOutcome> {
    const open = this.#journal.open(call);
    const close = this.#journal.close(call.call, { at: this.#run.ports.clock.now() });
    await this.#run.log.commit([], [open, close]);
    return this.#journal.outcomeOf(call.call);
  }

  async #lines({ lines }: Ask<'lines'>): Promise<HostAnswer> {
    const logger = flowRunLogger(this.#run.record().name);
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

  /** The entry of a call in the journal, as it would be opened. */
  async #callOf(
    call: number,
    operation: JournalRecord['operation'],
    subject: string,
    argumentsBytes: ArrayBuffer = NOTHING,
  ): Promise<JournalRecord> {
    const argumentsHash = await this.#run.ports.hasher.hash(argumentsBytes);
    const { id, flowAttempt } = this.#run.record();
    const calledAt = this.#run.ports.clock.now();
    return {
      flowRunId: id,
      flowAttempt,
      call,
      calledAt,
      operation,
      subject,
      argumentsHash,
      argumentsBytes,
    };
  }
}
