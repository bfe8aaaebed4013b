import type { NightshiftEvent } from '#domain/events.ts';
import { asTaskRunId, runStream, type FlowRunId } from '#domain/ids.ts';
import type { AuthorWorker, AuthorWorkers } from '#domain/ports.ts';
import type { ArtifactRecord, SourceFile, TaskRunRecord } from '#domain/records.ts';
import type { Store, Write } from '#domain/store.ts';
import type { Engine } from '#engine/engine.ts';
import type { EnginePorts } from '#engine/ports.ts';
import { SOME_TIME } from './builders.ts';
import { rigFor, type EngineRig, type RigOptions } from './engine-rig.ts';
import {
  isRecoveryFromSuspension,
  isSuspended,
  undisturbedArtifacts,
  undisturbedEvents,
  undisturbedLines,
} from './undisturbed.ts';
import { VirtualClock } from './virtual-clock.ts';

/**
 * Always suspend: after each commit that moves a run or a schedule on, the engine is ended and all its memory dropped,
 * author workers included, and another is opened over what is stored. Only the store, the clock and the test outlive it.
 *
 * What is under way has nowhere to live but in that memory, so an attempt that is on is really lost each time, and is
 * really started again. Two rules keep that from going on for ever: the engine is not ended for what only repeats an
 * earlier life (a recovery, the start of an attempt in place of one that was lost, a checkpoint that was kept before),
 * and an end that was planned is not charged to the recoveries that a run has for those that were not.
 *
 * The cases ask what happens to a flow, not to its engine. So they, and the author's code, see the run without the
 * attempts that ended with an engine: not the states Recovering and Crashed of those, not their lines, not their
 * numbers. Everything else must be as if the engine had lived on. An answer to the page is waited for before the end:
 * a page whose engine goes meanwhile gets none, and that is what `npm run crash` is about.
 */
export class Suspension {
  readonly clock: VirtualClock;
  #rig: EngineRig | undefined;
  #current: Engine | undefined;
  #calls = 0;
  #due = false;
  #resuming = Promise.resolve();
  #busy = 0;
  readonly #written = new Set<string>();
  /** Task runs whose next attempt stands in for one that was lost. */
  readonly #replacing = new Set<string>();
  /** How often an engine was ended. */
  count = 0;

  constructor(now: number) {
    this.clock = new PatientClock(now, () => this.#busy > 0);
  }

  get options(): RigOptions {
    return {
      clock: this.clock,
      wrap: (ports) => withUndisturbedAttempts(ports),
      facade: (engine) => this.#facade(engine),
      watch: (life) => (life.afterCommit = (writes) => this.#afterCommit(writes)),
      seen: undisturbedEvents,
    };
  }

  /** From now on. */
  begin(rig: EngineRig): void {
    this.#rig = rig;
  }

  #afterCommit(writes: readonly Write[]): void {
    if (!this.#rig || !this.#movesOn(writes)) return;
    this.#due = true;
    this.#suspendIfDue(this.#rig);
  }

  /** Waits for answers to the page. */
  #suspendIfDue(rig: EngineRig): void {
    if (!this.#due || this.#calls > 0) return;
    this.#due = false;
    this.count++;
    this.#busy++;
    rig.kill();
    this.#resuming = this.#resuming.then(() => resume(rig)).finally(() => this.#busy--);
  }

  #movesOn(writes: readonly Write[]): boolean {
    const fresh = writes.flatMap((write) => this.#progressIn(write) ?? []);
    return fresh.filter((key) => !this.#seenBefore(key)).length > 0;
  }

  #seenBefore(key: string): boolean {
    const known = this.#written.has(key);
    this.#written.add(key);
    return known;
  }

  /** What a write moves on, by a key that its repetition has too; lines move nothing. */
  #progressIn(write: Write): string | undefined {
    if (write.op === 'delete') return undefined;
    switch (write.store) {
      case 'events':
        return this.#progressOf(write.record);
      case 'journal':
        return `call ${write.record.flowRunId} ${write.record.flowAttempt} ${write.record.call} ${write.record.outcome !== undefined}`;
      case 'values':
        return `value ${write.record.hash}`;
      case 'datasets':
      case 'datasetDays':
      case 'settings':
        return write.store;
      default:
        return undefined;
    }
  }

  #progressOf({ streamId, body }: NightshiftEvent): string | undefined {
    switch (body.kind) {
      case 'flow-run.state':
        return body.state.name === 'Recovering' ? undefined : keyOf(streamId, body);
      case 'task-run.state':
        if (body.state.name !== 'Recovering') return keyOf(streamId, body);
        this.#replacing.add(body.taskRunId);
        return undefined;
      case 'attempt.started':
        return this.#replacing.delete(body.taskRunId) ? undefined : keyOf(streamId, body);
      case 'attempt.ended':
        return undefined;
      case 'artifact.saved':
      case 'author.event':
        // An attempt that stands in for one that was lost makes and tells it again.
        return `${streamId} ${body.taskRunId ?? 'body'} ${body.kind} ${body.ordinal}`;
      default:
        return keyOf(streamId, { ...body, attempt: undefined });
    }
  }

  #facade(engine: Engine): Engine {
    this.#current = engine;
    return new Proxy(engine, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        if (key === 'begin' || key === 'arrivalDay') return member.bind(target) as unknown;
        return async (...args: unknown[]) => {
          const answer = await this.#answered(key, args);
          if (key === 'runHistory') return historyUndisturbed(answer as RunHistoryAnswer);
          if (key !== 'artifacts') return answer;
          const events = await this.#eventsOf(args[0] as FlowRunId);
          return undisturbedArtifacts(answer as readonly ArtifactRecord[], events);
        };
      },
    });
  }

  async #eventsOf(id: FlowRunId): Promise<readonly NightshiftEvent[]> {
    return (await this.#rig?.store.events(runStream(id))) ?? [];
  }

  /** Asked of the engine that is there when the one before has ended. */
  async #answered(key: string | symbol, args: readonly unknown[]): Promise<unknown> {
    while (this.#busy > 0) await this.#resuming;
    const engine = this.#current;
    this.#calls++;
    try {
      const method: unknown = engine && Reflect.get(engine, key);
      return typeof method === 'function'
        ? ((await method.apply(engine, args)) as unknown)
        : method;
    } finally {
      this.#calls--;
      if (this.#rig) this.#suspendIfDue(this.#rig);
    }
  }
}

type RunHistoryAnswer = Awaited<ReturnType<Engine['runHistory']>>;

const historyUndisturbed = (history: RunHistoryAnswer): RunHistoryAnswer =>
  history && {
    ...history,
    events: undisturbedEvents(history.events),
    lines: undisturbedLines(history.lines, history.events),
  };

const keyOf = (streamId: string, body: object): string => `${streamId} ${JSON.stringify(body)}`;

/** Time stands still while an engine is being opened. */
class PatientClock extends VirtualClock {
  readonly #isBusy: () => boolean;

  constructor(now: number, isBusy: () => boolean) {
    super(now);
    this.#isBusy = isBusy;
  }

  override async settle(): Promise<void> {
    do await super.settle();
    while (this.#isBusy());
  }
}

async function resume(rig: EngineRig): Promise<void> {
  await forgiveRecoveries(rig.store);
  await rig.reopen();
}

/** An end that was planned is not charged; those of author workers stay so. */
async function forgiveRecoveries(store: Store): Promise<void> {
  const writes: Write[] = [];
  for (const run of await store.activeFlowRuns()) {
    const events = await store.events(runStream(run.id));
    const record = { ...run, recoveriesUsed: events.filter(isChargedToFlow).length };
    writes.push({ store: 'flowRuns', op: 'put', record });
    for (const taskRun of await store.taskRunsOf(run.id))
      writes.push({ store: 'taskRuns', op: 'put', record: forgiven(taskRun) });
  }
  if (writes.length > 0) await store.commit(writes);
}

const isChargedToFlow = (event: NightshiftEvent): boolean =>
  event.body.kind === 'flow-run.state' &&
  event.body.state.name === 'Recovering' &&
  !isRecoveryFromSuspension(event);

const forgiven = (taskRun: TaskRunRecord): TaskRunRecord => ({
  ...taskRun,
  recoveriesUsed: taskRun.attempts.filter(
    (attempt) => attempt.failure?.kind === 'lost' && !isSuspended(attempt),
  ).length,
});

/** Author code is told the number its attempt would have had. */
function withUndisturbedAttempts(ports: EnginePorts): EnginePorts {
  const { store, workers } = ports;
  const undisturbed = async <C extends object>(call: C): Promise<C> => {
    const { taskRunId, attempt } = { taskRunId: '', attempt: 0, ...call };
    const record = await store.get('taskRuns', asTaskRunId(taskRunId));
    const before = record?.attempts.filter(({ number }) => number < attempt) ?? [];
    const suspended = before.filter(isSuspended).length;
    return suspended === 0 ? call : { ...call, attempt: attempt - suspended };
  };
  const told = (worker: AuthorWorker): AuthorWorker => ({
    get isAlive() {
      return worker.isAlive;
    },
    runFlow: (call, host) => worker.runFlow(call, host),
    runTask: async (call, host) => worker.runTask(await undisturbed(call), host),
    callBack: async (call, host) =>
      worker.callBack(call.task ? { ...call, task: await undisturbed(call.task) } : call, host),
    assist: (port) => worker.assist(port),
    terminate: (cause) => worker.terminate(cause),
  });
  const open: AuthorWorkers['open'] = async (program) => {
    const opened = await workers.open(program);
    return opened.ok ? { ...opened, worker: told(opened.worker) } : opened;
  };
  return { ...ports, workers: { open } };
}

/** An engine that is ended after each commit, and its rig. */
export async function suspendedRig(
  files: readonly SourceFile[],
  options: RigOptions = {},
): Promise<{ rig: EngineRig; suspension: Suspension }> {
  const suspension = new Suspension(options.clock?.now() ?? SOME_TIME);
  const rig = await rigFor(files, { ...options, ...suspension.options });
  suspension.begin(rig);
  return { rig, suspension };
}
