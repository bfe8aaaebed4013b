import { FLOW_METHODS, type AuthorRequest, type HostRequest } from '#domain/host-api.ts';
import { decideGate, type Verdict } from '#domain/gate.ts';
import { asContentHash } from '#domain/ids.ts';
import { taskRunLogger } from '#domain/lines.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { CheckpointRecord, TaskRunRecord, VerdictRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import { saidBy } from './author-lines.ts';
import { AttemptAssistants } from './attempt-assistants.ts';
import { AttemptSlots } from './attempt-slots.ts';
import type { RunContext } from './run-context.ts';

/** Nobody sees more, and code that got hold of the port may send very many. */
const PROGRESS_EVERY_MS = 10;

type Ask<M extends HostRequest['method']> = Extract<HostRequest, { method: M }>;

/** Who asks, and the fault that is to strike him. */
interface Asker {
  /** Nothing is answered before. */
  readonly begun?: Promise<void>;
  /** Fraction of progress at which the worker is ended on purpose. */
  readonly crashAt?: number;
  crash(): void;
}

/** Answers what one attempt of a task asks. */
export class TaskRequests {
  readonly #run: RunContext;
  readonly #task: TaskRunRecord;
  readonly #attempt: number;
  readonly #asker: Asker;
  readonly #slots: AttemptSlots;
  readonly #assistants: AttemptAssistants;
  #progressAt = -Infinity;
  #ended = false;
  /** The last that a gate of this attempt gave: it names the state. */
  verdict: Verdict | undefined;

  constructor(run: RunContext, task: TaskRunRecord, asker: Asker) {
    this.#run = run;
    this.#task = task;
    this.#attempt = task.attempts.length;
    this.#asker = asker;
    this.#slots = new AttemptSlots(run, task);
    this.#assistants = new AttemptAssistants(run);
  }

  /** The attempt is over, however it ended: what it held is free. */
  end(): void {
    this.#ended = true;
    this.#slots.end();
    this.#assistants.end();
  }

  readonly handle = async (request: HostRequest): Promise<HostAnswer> => {
    await this.#asker.begun;
    if (this.#ended) throw new Error('The attempt has ended.');
    return { ok: true, value: await this.#answer(request) };
  };

  #answer(request: HostRequest): unknown {
    switch (request.method) {
      case 'lines':
        return this.#lines(request);
      case 'progress':
        return this.#progress(request);
      case 'saveCheckpoint':
        return this.#saveCheckpoint(request);
      case 'loadCheckpoint':
        return this.#loadCheckpoint();
      case 'readSnapshot':
        return this.#readSnapshot(request);
      case 'readRows':
        return this.#run.datasets.piece(request.dataset, request.day, request.piece);
      case 'putValue':
        return this.#putValue(request);
      case 'getValue':
        return this.#getValue(request);
      case 'decideGate':
        return this.#decideGate(request);
      case 'saveModel':
        return this.#run.models.save(this.#run, this.#task, request);
      case 'loadModel':
        return this.#run.models.find(this.#run, request.model, request.which);
      case 'acquireLimit':
        return this.#slots.acquire(request);
      case 'releaseLimit':
        return this.#slots.release(request.lease);
      case 'openAssistant':
        return this.#assistants.open(request.port);
      case 'wasm':
        return this.#run.ports.assets.bytes('wasm');
      case 'artifact':
      case 'updateArtifact':
      case 'emitEvent':
        return this.#authorRecord(request);
      default:
        return refuse(request);
    }
  }

  #lines({ lines }: Ask<'lines'>): Promise<void> {
    const at = this.#run.ports.clock.now();
    const origin = { at, taskRunId: this.#task.id, attempt: this.#attempt };
    return this.#run.log.authorLines(saidBy(lines, taskRunLogger(this.#task.name), origin));
  }

  #progress({ fraction }: Ask<'progress'>): undefined {
    const now = this.#run.ports.clock.now();
    if (now - this.#progressAt >= PROGRESS_EVERY_MS) {
      this.#progressAt = now;
      this.#run.ports.feed.publish({
        kind: 'progress',
        flowRunId: this.#task.flowRunId,
        taskRunId: this.#task.id,
        attempt: this.#attempt,
        fraction,
      });
    }
    const { crashAt } = this.#asker;
    if (crashAt !== undefined && crashAt > 0 && fraction >= crashAt) this.#asker.crash();
    return undefined;
  }

  async #saveCheckpoint({ fraction, bytes }: Ask<'saveCheckpoint'>): Promise<undefined> {
    const kept = await this.#run.ports.store.checkpointsOf(this.#task.id);
    const taskRunId = this.#task.id;
    const record: CheckpointRecord = {
      taskRunId,
      number: (kept[0]?.number ?? 0) + 1,
      attempt: this.#attempt,
      progress: fraction,
      bytes,
    };
    const stale = kept
      .slice(1)
      .map((one): Write => ({ store: 'checkpoints', op: 'delete', key: [taskRunId, one.number] }));
    await this.#run.log.commit(
      [
        {
          kind: 'checkpoint.saved',
          taskRunId,
          attempt: this.#attempt,
          progress: fraction,
          bytes: bytes.byteLength,
        },
      ],
      [{ store: 'checkpoints', op: 'put', record }, ...stale],
    );
    return undefined;
  }

  async #loadCheckpoint(): Promise<ArrayBuffer | undefined> {
    const [newest] = await this.#run.ports.store.checkpointsOf(this.#task.id);
    return newest?.bytes;
  }

  #readSnapshot({ dataset, until }: Ask<'readSnapshot'>): Promise<unknown> {
    return this.#run.datasets.snapshot(dataset, until, {
      arrivalDay: this.#run.record().arrivalDay,
      note: (name) => this.#noteDataset(name),
    });
  }

  async #noteDataset(name: string): Promise<void> {
    const { datasets = [] } = this.#run.record();
    if (datasets.includes(name)) return;
    const record = this.#run.note({ datasets: [...datasets, name] });
    await this.#run.log.commit([], [{ store: 'flowRuns', op: 'put', record }]);
  }

  async #putValue({ bytes }: Ask<'putValue'>): Promise<string> {
    const hash = await this.#run.ports.hasher.hash(bytes);
    // Nothing refers to it yet: until something does, it is kept for this run.
    await this.#run.ports.store.commit([
      { store: 'values', op: 'put', record: { hash, bytes } },
      { store: 'uses', op: 'put', record: { hash, user: this.#task.flowRunId } },
    ]);
    return hash;
  }

  async #getValue({ hash }: Ask<'getValue'>): Promise<ArrayBuffer> {
    const value = await this.#run.ports.store.get('values', asContentHash(hash));
    if (!value) throw new Error(`Nothing is kept under ${hash}.`);
    return value.bytes;
  }

  #authorRecord(request: AuthorRequest): Promise<void> {
    const author = { taskRunId: this.#task.id, attempt: this.#attempt };
    return this.#run.author.answer(author, request);
  }

  /** Idempotent by (task run, ordinal): a repeat after a crash returns the first verdict. */
  async #decideGate({ ordinal, conditions, evidence, flips }: Ask<'decideGate'>): Promise<Verdict> {
    const taskRunId = this.#task.id;
    const before = await this.#run.ports.store.get('verdicts', [taskRunId, ordinal]);
    if (before) return (this.verdict = before.verdict);
    const verdict = decideGate(conditions, evidence, flips);
    const at = this.#run.ports.clock.now();
    const record: VerdictRecord = {
      taskRunId,
      ordinal,
      flowRunId: this.#task.flowRunId,
      verdict,
      at,
    };
    await this.#run.log.commit(
      [{ kind: 'verdict.decided', taskRunId, verdict }],
      [
        { store: 'verdicts', op: 'add', record },
        {
          store: 'flowRuns',
          op: 'put',
          record: this.#run.note({ verdict }),
        },
      ],
    );
    return (this.verdict = verdict);
  }
}

/** What only a flow body may ask: a method that is new, and answered nowhere above, does not fit the type. */
function refuse(
  _request: Ask<'callTask' | 'commitTask' | 'rollBackTask' | 'callFlow' | 'sleep' | 'pause'>,
): never {
  throw new Error(`${[...FLOW_METHODS].join(', ')} belong to flow bodies.`);
}
