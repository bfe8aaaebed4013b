import type { CallResult, LoadedFlow } from '#domain/author-api.ts';
import { describeFailure } from '#domain/failures.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { Loaded, HostAnswer } from '#domain/ports.ts';
import type { FlowRunRecord, JournalOutcome, JournalRecord } from '#domain/records.ts';
import { describeReason } from '#domain/reasons.ts';
import { completed } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import type { CallReplay } from './call-replay.ts';
import { FLOW_RUN_ENDED } from './cancellation.ts';
import type { FlowRun, OwnParts, Turn } from './flow-run.ts';
import { Journal, outcomeOf } from './journal.ts';
import { endSubflows, recoverRun, reopenLog } from './recovery.ts';
import { Reuse } from './reuse.ts';
import type { RunContext } from './run-context.ts';
import { creationOf } from './run-creation.ts';
import { RunLog } from './run-log.ts';
import { withName } from './run-name.ts';
import { newSubflow } from './subflow-record.ts';
import { taskDefaults } from './task-defaults.ts';
import { Places } from './worker-pool.ts';

/** What calls of other flows need of the flow run that makes them. */
export interface SubflowHost {
  readonly loaded: Loaded;
  /** How many flow runs the caller is inside of. */
  readonly depth: number;
  /** @param turn when it may begin */
  make(parts: OwnParts, record: FlowRunRecord, turn: Turn): FlowRun;
  /** Lets the engine find the subflow while it is on; the result forgets it. */
  track(run: FlowRun): () => void;
  /** It had ended before it could be tracked: what the engine kept for it is free. */
  untracked(id: FlowRunId): void;
}

/** A flow that calls itself for ever must end. */
const MAX_DEPTH = 10;
/** Each that is on has a flow worker; the others of one caller are pending, and begin in the order of the calls. */
const AT_A_TIME = 8;

/** The calls of other flows that a flow body makes: each is a flow run of its own, created once and driven to its end. */
export class SubflowCalls {
  readonly #run: RunContext;
  readonly #journal: Journal;
  readonly #replay: CallReplay;
  readonly #places = new Places(AT_A_TIME);
  readonly #active = new Set<FlowRun>();
  #stopped: { readonly by: unknown } | undefined;

  constructor(run: RunContext, journal: Journal, replay: CallReplay) {
    this.#run = run;
    this.#journal = journal;
    this.#replay = replay;
  }

  /** @param call its entry in the journal, as it would be opened */
  answer(call: JournalRecord): Promise<HostAnswer> {
    return this.#replay.answer(
      call,
      () => this.#runSubflow(call),
      (outcome) => this.#answerOf(outcome, call),
    );
  }

  /** What an interrupted body had called and the replayed one did not come back to. */
  endLeftOver(reason: string): Promise<void> {
    const { ports, log, record } = this.#run;
    return endSubflows({ ports, log, journal: this.#journal }, record(), unusual(reason));
  }

  /** The caller cannot be written any more: its subflows must not go on without it. */
  stop(error: unknown): void {
    this.#stopped ??= { by: error };
    for (const subflow of this.#active) subflow.stop(error);
  }

  async #runSubflow(call: JournalRecord): Promise<JournalOutcome> {
    const turn = this.#places.take(this.#run.cancellation);
    const ended = await this.#runInTurn(call, turn).finally(() => {
      // It may have ended before its turn came, and must not wait for it then.
      void turn.then((giveBack) => giveBack?.());
    });
    const { id: flowRunId, state } = ended;
    const { ports, log } = this.#run;
    const close = this.#journal.close(call.call, outcomeOf(ended, ports.clock.now()));
    await log.commit([{ kind: 'subflow.ended', flowRunId, state }], [close]);
    return this.#journal.outcomeOf(call.call);
  }

  async #runInTurn(call: JournalRecord, turn: Turn): Promise<FlowRunRecord> {
    const begun = this.#journal.call(call.call) !== undefined;
    const subflow = begun ? await this.#takeUp(call, turn) : await this.#create(call, turn);
    return 'toEnd' in subflow ? this.#toEnd(subflow) : subflow;
  }

  /**
   * One commit: the subflow and its entry in the journal of the caller. It has ended at once when its parameters were
   * refused.
   */
  async #create(call: JournalRecord, turn: Turn): Promise<FlowRun | FlowRunRecord> {
    const { ports, record: caller } = this.#run;
    const flow = this.#flowOf(call);
    const { pending, problems } = newSubflow(ports, caller(), flow, call, this.#labelOf(call));
    const named = problems ? pending : await this.#named(pending, flow);
    const { record, events } = creationOf(named, ports.runtime, problems);
    const log = new RunLog(ports, record);
    const created = log.prepare(events);
    const writes: Write[] = [{ store: 'flowRuns', op: 'add', record }, ...created.writes];
    await this.#tellCall(call, record, writes);
    created.show();
    if (problems) return record;
    return this.#begin(record, log, turn);
  }

  /** @throws Error in the flow body that called it, when the name cannot be made */
  async #named(pending: FlowRunRecord, flow: LoadedFlow): Promise<FlowRunRecord> {
    if (!flow.functions.asksName) return pending;
    const { ports, program } = this.#run;
    const opened = await ports.workers.open(program);
    if (!opened.ok) throw new Error(describeFailure(opened.failure));
    const named = await withName(ports, pending, flow, opened.worker);
    opened.worker.terminate('worker terminated');
    if (named.ok) return named.record;
    throw new Error(named.problems[0]?.message);
  }

  /** One that has done nothing yet. */
  #begin(record: FlowRunRecord, log: RunLog, turn: Turn): FlowRun {
    const { ports, program, taskSources, subflows } = this.#run;
    const { loaded } = subflows;
    const tasks = taskDefaults(loaded, record);
    const reuse = new Reuse(ports.store, record, undefined);
    const own = { program, loaded, taskSources, tasks, log, reuse, journal: new Journal() };
    return subflows.make(own, record, turn);
  }

  #tellCall(call: JournalRecord, record: FlowRunRecord, writes: readonly Write[]): Promise<void> {
    const { id: flowRunId, name, flowName } = record;
    const { flowAttempt, call: number } = call;
    return this.#run.log.commit(
      [{ kind: 'subflow.called', flowRunId, name, flowName, flowAttempt, call: number }],
      [this.#journal.open(call), ...writes],
    );
  }

  /** @throws Error in the flow body that called it, in every replay alike */
  #flowOf({ subject }: JournalRecord) {
    const { loaded, depth } = this.#run.subflows;
    if (depth >= MAX_DEPTH)
      throw new Error(
        `Flow '${subject}' was called ${depth} flows deep, and ${MAX_DEPTH} is the limit. Does a flow call itself?`,
      );
    const flow = loaded.flows.find(({ name }) => name === subject);
    if (flow) return flow;
    throw new Error(`There is no flow '${subject}' in this source.`);
  }

  /** A subflow that was under way, or had just ended, when the caller was interrupted. */
  async #takeUp(call: JournalRecord, turn: Turn): Promise<FlowRun | FlowRunRecord> {
    const { ports, subflows } = this.#run;
    const interrupted = await this.#recordOf(call);
    if (interrupted.active === 0) return interrupted;
    if (interrupted.state.type === 'PENDING')
      return this.#begin(interrupted, await reopenLog(ports, interrupted), turn);
    const taken = await recoverRun(ports, interrupted, (parts, record) =>
      subflows.make(parts, record, turn),
    );
    if (taken) return taken;
    subflows.untracked(interrupted.id);
    return this.#recordOf(call);
  }

  async #recordOf({ flowRunId, flowAttempt, call }: JournalRecord): Promise<FlowRunRecord> {
    const subflows = await this.#run.ports.store.childRunsOf(flowRunId);
    const found = subflows.find(
      ({ parent }) => parent?.flowAttempt === flowAttempt && parent.call === call,
    );
    if (found) return found;
    throw new Error(
      `The subflow of call ${call} is not stored: it was created in one commit with it.`,
    );
  }

  async #toEnd(subflow: FlowRun): Promise<FlowRunRecord> {
    if (this.#stopped) subflow.stop(this.#stopped.by);
    const forget = this.#run.subflows.track(subflow);
    this.#active.add(subflow);
    const stopListening = this.#run.cancellation.onRequest((why) => {
      // What cannot be written ends the subflow another way, which is told below.
      subflow.cancel(this.#callerEnded(why)).catch(() => undefined);
    });
    try {
      return await subflow.toEnd();
    } catch (error) {
      this.#run.log.stop(error);
      throw error;
    } finally {
      stopListening();
      this.#active.delete(subflow);
      forget();
    }
  }

  #callerEnded(reason: string): string {
    const flowRunName = this.#run.record().name;
    const why = unusual(reason);
    return describeReason({ kind: 'caller ended', flowRunName, ...(why ? { why } : {}) });
  }

  async #answerOf(outcome: JournalOutcome, call: JournalRecord): Promise<HostAnswer> {
    const { at, value, failure, state = completed() } = outcome;
    const taskRun = this.#labelOf(call);
    if (failure) return { ok: true, value: { taskRun, state, failure } satisfies CallResult, at };
    const stored = value && (await this.#run.ports.store.get('values', value));
    if (!stored) throw new Error(`The result of ${taskRun} is no longer stored.`);
    const { bytes } = stored;
    return { ok: true, value: { taskRun, state, bytes } satisfies CallResult, at };
  }

  #labelOf(call: JournalRecord): string {
    return `${call.subject}-${this.#journal.indexOf(call)}`;
  }
}

/** Why the caller ended, where it did not just return. */
const unusual = (reason: string): string | undefined =>
  reason === FLOW_RUN_ENDED ? undefined : reason;
