import { runStream } from '#domain/ids.ts';
import type { FlowRunId, TaskRunId } from '#domain/ids.ts';
import type { FlowRunRecord, TaskRunRecord } from '#domain/records.ts';
import { EVENT_VERSION, type EventBody, type NightshiftEvent } from '#domain/events.ts';
import {
  flowRunLogger,
  taskRunLogger,
  type Line,
  type LogLevel,
  type LogLine,
} from '#domain/lines.ts';
import type { Clock, Feed } from '#domain/ports.ts';
import type { Durability, Store, Write } from '#domain/store.ts';
import { CommitQueue } from './commit-queue.ts';
import { LineBuffer } from './line-buffer.ts';
import { sayEvent } from './say-event.ts';

export interface RunLogPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly feed: Feed;
}

/** Where a run's stream and lines stand; a new run starts at zero. */
export interface RunLogPosition {
  readonly lastSeq: number;
  readonly lineChunk: number;
  readonly chunkLines: readonly Line[];
  /** Lines that the flow body said so far. */
  readonly bodyLines: number;
  /** Names that differ from those in the ids. */
  readonly taskRunNames: ReadonlyMap<TaskRunId, string>;
  /** Lines that are kept. */
  readonly lines?: number;
  /** Attempts that were started so far. */
  readonly attempts?: number;
}

/** What author code of one run may say: more would fill the store, and the page of whoever looks at it. */
export const MOST_AUTHOR_LINES = 100_000;

interface Batch {
  readonly events: readonly NightshiftEvent[];
  /** What the engine says about the events: shown and kept with them, not before. */
  readonly said: readonly LogLine[];
  readonly writes: readonly Write[];
  readonly durability: Durability;
}

/**
 * The one writer of a run's events and lines.
 * Invariant: a transition and its events are one commit, and nobody sees them before it is durable.
 */
export class RunLog {
  readonly #ports: RunLogPorts;
  readonly #id: FlowRunId;
  readonly #run: Pick<FlowRunRecord, 'name' | 'flowName'>;
  readonly #taskRunNames: Map<TaskRunId, string>;
  readonly #lines: LineBuffer;
  readonly #queue = new CommitQueue<Batch>((batches) => this.#write(batches));
  #seq: number;
  #bodyLines: number;
  #attempts: number;
  #authorLines: number;
  #dropped = 0;

  constructor(
    ports: RunLogPorts,
    run: Pick<FlowRunRecord, 'id' | 'name' | 'flowName'>,
    from?: RunLogPosition,
  ) {
    this.#ports = ports;
    this.#id = run.id;
    this.#run = run;
    this.#taskRunNames = new Map(from?.taskRunNames);
    this.#seq = from?.lastSeq ?? 0;
    this.#bodyLines = from?.bodyLines ?? 0;
    this.#attempts = from?.attempts ?? 0;
    this.#authorLines = from?.lines ?? 0;
    this.#lines = new LineBuffer(ports, run.id, from);
  }

  /** Attempts of all task runs that were started. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Rejects when the store took a commit no more: nothing of the run can be written then. */
  get broken(): Promise<never> {
    return this.#queue.broken;
  }

  /** A run that belongs to this one can no longer be written, so neither goes on. */
  stop(error: unknown): void {
    this.#queue.stop(error);
  }

  /** Writes the events with whatever belongs to them, then shows them. */
  commit(
    bodies: readonly EventBody[],
    writes: readonly Write[],
    durability: Durability = 'relaxed',
  ): Promise<void> {
    return this.#queue.add(this.#batch(bodies, writes, durability));
  }

  /** For a commit that someone else makes: the writes that belong in it, and what to call once it is durable. */
  prepare(bodies: readonly EventBody[]): { readonly writes: readonly Write[]; show(): void } {
    const batches = [this.#batch(bodies, [], 'relaxed')];
    return { writes: this.#writesOf(batches), show: () => this.#show(batches) };
  }

  /** Shown at once, kept within 250 ms or with the next commit. */
  line(line: Line): void {
    this.#lines.push(line);
  }

  /** Lines of author code. Resolves when there is room for more; what is too much is dropped and counted. */
  authorLines(lines: readonly Line[]): Promise<void> {
    const left = MOST_AUTHOR_LINES - this.#authorLines;
    const kept = lines.slice(0, left);
    this.#authorLines += kept.length;
    this.#lines.push(...kept);
    if (kept.length < lines.length) this.#drop(lines.length - kept.length);
    return this.#lines.room();
  }

  /** Lines of the flow body: a replayed body does not say again what it said before. */
  bodyLines(lines: readonly (Line & { readonly ordinal: number })[]): Promise<void> {
    const fresh = lines.filter(({ ordinal }) => ordinal >= this.#bodyLines);
    const last = fresh.at(-1);
    if (last) this.#bodyLines = last.ordinal + 1;
    return this.authorLines(fresh);
  }

  #drop(lines: number): void {
    if (this.#dropped === 0)
      this.say('WARNING', `${TOO_MANY_LINES}. What follows is dropped and counted.`);
    this.#dropped += lines;
  }

  /** Before the commit that ends the run: how many lines it lacks. */
  tellDropped(): void {
    if (this.#dropped > 0) this.say('WARNING', `${TOO_MANY_LINES}: ${this.#dropped} were dropped`);
    this.#dropped = 0;
  }

  flush(): Promise<void> {
    return this.#lines.flush();
  }

  say(level: LogLevel, message: string): void {
    const logger = flowRunLogger(this.#run.name);
    this.line({ kind: 'log', level, logger, message, at: this.#ports.clock.now() });
  }

  /** About a task run, as it stands. */
  sayOf(
    { id: taskRunId, name, attempts }: Pick<TaskRunRecord, 'id' | 'name' | 'attempts'>,
    level: LogLevel,
    message: string,
  ): void {
    const origin = { taskRunId, attempt: attempts.length, at: this.#ports.clock.now() };
    this.line({ kind: 'log', level, logger: taskRunLogger(name), message, ...origin });
  }

  #batch(bodies: readonly EventBody[], writes: readonly Write[], durability: Durability): Batch {
    const at = this.#ports.clock.now();
    const events = bodies.map((body) => this.#event(body, at));
    for (const body of bodies)
      if (body.kind === 'task-run.named') this.#taskRunNames.set(body.taskRunId, body.name);
    const names = { ...this.#run, taskRun: (id: TaskRunId) => this.#taskRunNames.get(id) };
    const said = bodies.flatMap((body) => sayEvent(body, names));
    return { events, said: said.map((line) => ({ ...line, at })), writes, durability };
  }

  async #write(batches: readonly Batch[]): Promise<void> {
    const strict = batches.some(({ durability }) => durability === 'strict');
    await this.#ports.store.commit(this.#writesOf(batches), strict ? 'strict' : 'relaxed');
    this.#show(batches);
  }

  #writesOf(batches: readonly Batch[]): readonly Write[] {
    for (const { said } of batches) this.#lines.add(said);
    return [
      ...batches.flatMap(({ writes, events }) => [
        ...writes,
        ...events.map((record): Write => ({ store: 'events', op: 'add', record })),
      ]),
      ...this.#lines.take(),
    ];
  }

  #show(batches: readonly Batch[]): void {
    for (const { said, events } of batches) {
      if (said.length > 0) this.#lines.publish(said);
      for (const event of events) this.#ports.feed.publish({ kind: 'event', event });
    }
  }

  #event(body: EventBody, at: number): NightshiftEvent {
    if (body.kind === 'attempt.started') this.#attempts++;
    return { v: EVENT_VERSION, streamId: runStream(this.#id), seq: ++this.#seq, at, body };
  }
}

const TOO_MANY_LINES = `The code of this run said more than ${MOST_AUTHOR_LINES.toLocaleString('en-US')} lines`;
