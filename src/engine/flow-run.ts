import type { Program } from '#domain/author-api.ts';
import { withoutFlips } from '#domain/gate.ts';
import { flowHookOf } from '#domain/hooks.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { AuthorWorker, Loaded, TaskSources } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { RunResume } from '#domain/engine-api.ts';
import type { Write } from '#domain/store.ts';
import { AuthorRecords } from './author-records.ts';
import { runBody, withoutWorker, type BodyEnd } from './body-run.ts';
import { Cancellation, FLOW_RUN_ENDED } from './cancellation.ts';
import type { Datasets } from './datasets.ts';
import { FlowBody } from './flow-body.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import { runFlowHooks } from './hooks.ts';
import { Journal } from './journal.ts';
import type { Limits } from './limits.ts';
import type { ModelRegistry } from './model-registry.ts';
import type { EnginePorts } from './ports.ts';
import { Resumption } from './resumption.ts';
import type { Reuse } from './reuse.ts';
import type { RunContext } from './run-context.ts';
import { untilStart, type WaitingRun } from './scheduled-start.ts';
import type { RunLog } from './run-log.ts';
import type { SubflowHost } from './subflow-calls.ts';
import { RunWorkers, type Places } from './worker-pool.ts';
import type { TaskDefaults } from './task-defaults.ts';

export interface FlowRunParts {
  readonly ports: EnginePorts;
  readonly datasets: Datasets;
  readonly models: ModelRegistry;
  readonly places: Places;
  readonly limits: Limits;
  readonly mayStart: WaitingRun['mayStart'];
  readonly program: Program;
  readonly taskSources: TaskSources;
  readonly loaded: Loaded;
  readonly tasks: TaskDefaults;
  readonly log: RunLog;
  readonly journal: Journal;
  readonly reuse: Reuse;
  /** Already loaded with the program, when there is one. */
  readonly worker?: AuthorWorker | undefined;
  /** Lets the engine find a subflow while it is on; the result forgets it. */
  readonly track: (run: FlowRun) => () => void;
  readonly untracked: (id: FlowRunId) => void;
  readonly inside?: Inside;
}

/** Of a subflow: how many flow runs it is inside of, their task workers, and when it may begin. */
interface Inside {
  readonly depth: number;
  readonly workers: RunWorkers;
  readonly turn: Turn;
}

/** Undefined when its caller was cancelled before. */
export type Turn = Promise<(() => void) | undefined>;

/** What a run brings along; the rest is shared by all runs of an engine. */
export type OwnParts = Pick<
  FlowRunParts,
  'program' | 'loaded' | 'taskSources' | 'tasks' | 'log' | 'journal' | 'reuse' | 'worker'
>;
export type MakeFlowRun = (parts: OwnParts, record: FlowRunRecord) => FlowRun;

/** Drives one flow run to its end: enters the body, answers its calls, takes it up again when its worker is lost. */
export class FlowRun {
  readonly #parts: FlowRunParts;
  readonly #cancellation = new Cancellation();
  readonly #workers: RunWorkers;
  readonly #resumption = new Resumption();
  readonly #author: AuthorRecords;
  #body: FlowBody;
  #record: FlowRunRecord;
  #worker: AuthorWorker | undefined;
  #isInBody = false;

  constructor(parts: FlowRunParts, record: FlowRunRecord) {
    this.#parts = parts;
    this.#record = record;
    this.#worker = parts.worker;
    this.#workers = parts.inside?.workers ?? new RunWorkers(parts.ports.workers, parts.program);
    this.#author = new AuthorRecords(parts.ports, parts.log, record.id);
    this.#body = new FlowBody(this.#context(), parts.journal, parts.tasks);
  }

  get id(): FlowRunId {
    return this.#record.id;
  }

  /** Of all its task runs, as far as they were started. */
  get attempts(): number {
    return this.#parts.log.attempts;
  }

  /** Lines that were shown but not kept yet are kept now. */
  flush(): Promise<void> {
    return this.#parts.log.flush();
  }

  async cancel(reason: string): Promise<void> {
    const hasNoWorker = this.#record.pause && !this.#isInBody && this.#body.isPausedOnly;
    if (hasNoWorker) await this.#cancelAtOnce(reason);
    else await this.#apply({ kind: 'cancel asked', reason });
    this.#cancellation.request(reason);
  }

  /** A person answers what the run asks; see `EngineApi.resumeRun`. */
  resume(input: Readonly<Record<string, unknown>>, pause?: number): Promise<RunResume> {
    return this.#body.pauses.resume(input, pause);
  }

  /** Nothing has to end first: one commit tells it, with the task runs that were held. */
  async #cancelAtOnce(reason: string): Promise<void> {
    const { ports, log } = this.#parts;
    const input: FlowInput = { kind: 'cancelled', reason };
    const { record, events } = transitionFlow(this.#record, input, ports.clock.now());
    this.#record = withAttempts(record, log);
    log.tellDropped();
    const tasks = await this.#body.cancelledTasks(reason);
    const write: Write = { store: 'flowRuns', op: 'put', record: this.#record };
    await log.commit([...tasks.events, ...events], [...tasks.writes, write]);
  }

  /** Nothing of it is written any more: it goes on when the engine is started again. */
  stop(error: unknown): void {
    this.#parts.log.stop(error);
  }

  /** Ends in a terminal state, or rejects when the store can no longer be written. */
  async toEnd(): Promise<FlowRunRecord> {
    try {
      return await Promise.race([this.#drive(), this.#parts.log.broken]);
    } catch (error) {
      this.#body.stop(error);
      throw error;
    } finally {
      this.#cancellation.request('the engine stopped');
      this.#worker?.terminate('worker terminated');
      if (!this.#parts.inside) this.#workers.close();
    }
  }

  async #drive(): Promise<FlowRunRecord> {
    await untilStart({
      clock: this.#parts.ports.clock,
      cancellation: this.#cancellation,
      mayStart: this.#parts.mayStart,
      record: () => this.#record,
      apply: (input) => this.#apply(input),
    });
    if (this.#record.startsAt !== undefined) return this.#record;
    const { inside } = this.#parts;
    if (inside) await this.#awaitTurn(inside.turn);
    else await this.#apply({ kind: 'begun' });
    if (!this.#parts.journal.isEmpty) await this.#body.runHooksDue();
    while (this.#record.active === 1) {
      const { nextAttemptAt, pause } = this.#record;
      if (pause) await this.#waitForAnswer();
      else if (nextAttemptAt === undefined) await this.#enterBody();
      else await this.#waitForRetry(nextAttemptAt);
    }
    await this.#runHooksDue();
    return this.#record;
  }

  /** Hooks of the state it has ended in: at least once after a crash. */
  async #runHooksDue(): Promise<void> {
    const { hooksDue, ...record } = this.#record;
    const hook = hooksDue && flowHookOf(record.state);
    if (!hook) return;
    await runFlowHooks(this.#context(), hook, [{ store: 'flowRuns', op: 'put', record }]);
    this.#record = record;
  }

  /** Every time the body is entered. */
  async #tellRunning(): Promise<void> {
    if (!this.#record.policy.hooks?.onRunning) return;
    await runFlowHooks(this.#context(), 'onRunning');
  }

  /** No body waits for it: it is entered once the pause is over. */
  async #waitForAnswer(): Promise<void> {
    if ((await this.#body.pauses.over()) || this.#record.active === 0) return;
    const cancelled: FlowInput = { kind: 'cancelled', reason: this.#cancellation.reason ?? '' };
    await this.#endTasks(cancelled);
    await this.#apply(cancelled);
  }

  async #awaitTurn(turn: Turn): Promise<void> {
    const cancelled = new Promise<undefined>((resolve) => {
      this.#cancellation.onRequest(() => resolve(undefined));
    });
    if (!(await Promise.race([turn, cancelled])))
      return this.#apply({ kind: 'cancelled', reason: this.#cancellation.reason ?? '' });
    const opened = await this.#openWorker();
    if (opened.ok) this.#worker = opened.worker;
    await this.#apply({ kind: 'begun' });
  }

  async #waitForRetry(until: number): Promise<void> {
    const waited = await this.#cancellation.wait(this.#parts.ports.clock, until);
    if (!waited) return this.#apply({ kind: 'cancelled', reason: this.#cancellation.reason ?? '' });
    await this.#apply({ kind: 'retry due' });
    this.#body = new FlowBody(this.#context(), new Journal(), this.#parts.tasks);
  }

  async #enterBody(): Promise<void> {
    await this.#tellRunning();
    const opened = await this.#openWorker();
    const { ended, value } = opened.ok
      ? await this.#runBody(opened.worker)
      : { ended: withoutWorker(opened.failure, this.#body.answered) };
    this.#worker = undefined;
    if (ended === 'suspended') return;
    if (ended.kind !== 'lost' || this.#ends(ended)) await this.#endTasks(ended);
    await this.#apply(ended, value);
  }

  async #runBody(worker: AuthorWorker): Promise<BodyEnd> {
    this.#isInBody = true;
    const end = await runBody(
      {
        ports: this.#parts.ports,
        body: this.#body,
        record: () => this.#record,
        resumption: this.#resumption,
        cancellation: this.#cancellation,
      },
      worker,
    );
    this.#isInBody = false;
    return end;
  }

  #ends(input: FlowInput): boolean {
    const { record } = transitionFlow(this.#record, input, this.#parts.ports.clock.now());
    return record.active === 0;
  }

  /** What the body started and did not wait for ends with it. */
  #endTasks(ended: FlowInput): Promise<void> {
    const reason = ended.kind === 'cancelled' ? ended.reason : FLOW_RUN_ENDED;
    return this.#body.close(reason, ended.kind === 'returned');
  }

  async #openWorker() {
    const worker = this.#worker;
    if (worker) return { ok: true, worker } as const;
    return this.#parts.ports.workers.open(this.#parts.program);
  }

  #context(): RunContext {
    const { ports, datasets, models, program, taskSources, log, places, limits, reuse } =
      this.#parts;
    // What ends with one flow attempt must not end the next.
    const cancellation = new Cancellation();
    this.#cancellation.onRequest((reason) => cancellation.request(reason));
    return {
      ports,
      datasets,
      models,
      program,
      taskSources,
      log,
      author: this.#author,
      places,
      limits,
      reuse,
      workers: this.#workers,
      subflows: this.#subflowHost(),
      cancellation,
      record: () => this.#record,
      resumption: this.#resumption,
      move: (input, writes) => this.#move(input, writes),
      note: ({ verdict, ...change }) =>
        (this.#record = {
          ...this.#record,
          ...change,
          // Every list reads the record: the sentences stay with the event.
          ...(verdict ? { verdict: withoutFlips(verdict) } : {}),
        }),
    };
  }

  #subflowHost(): SubflowHost {
    const { loaded, track, untracked, inside } = this.#parts;
    const depth = inside?.depth ?? 0;
    const make: SubflowHost['make'] = ({ worker, ...own }, record, turn) =>
      new FlowRun(
        {
          ...this.#parts,
          ...own,
          worker,
          inside: { depth: depth + 1, workers: this.#workers, turn },
        },
        record,
      );
    return { loaded, depth, make, track, untracked };
  }

  async #apply(input: FlowInput, value?: ArrayBuffer): Promise<void> {
    await this.#move(input, ({ result }) =>
      value && result
        ? [{ store: 'values', op: 'put', record: { hash: result.hash, bytes: value } }]
        : [],
    );
  }

  async #move(
    input: FlowInput,
    more: (record: FlowRunRecord) => readonly Write[],
  ): Promise<boolean> {
    const { record, events } = transitionFlow(this.#record, input, this.#parts.ports.clock.now());
    if (events.length === 0) return false;
    this.#record = withAttempts(record, this.#parts.log);
    if (record.active === 0) this.#parts.log.tellDropped();
    const write: Write = { store: 'flowRuns', op: 'put', record: this.#record };
    await this.#parts.log.commit(events, [...more(record), write]);
    if (record.state.type === 'RUNNING') this.#resumption.tell();
    return true;
  }
}

/** Once it has ended the number stands in the record: a list of runs need not look at their task runs. */
export const withAttempts = (record: FlowRunRecord, { attempts }: RunLog): FlowRunRecord =>
  record.active === 0 ? { ...record, attempts } : record;
