import { runStream } from '#domain/ids.ts';
import type { FlowRunId } from '#domain/ids.ts';
import { EVENT_VERSION, type EventBody, type NightshiftEvent } from '#domain/events.ts';
import type { Line, LogLevel } from '#domain/lines.ts';
import type { Clock, Feed } from '#domain/ports.ts';
import type { Durability, Store, Write } from '#domain/store.ts';
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
}

/**
 * The one writer of a run's events and lines.
 * Invariant: a transition and its events are one commit, and nobody sees them before it is durable.
 */
export class RunLog {
  readonly #ports: RunLogPorts;
  readonly #id: FlowRunId;
  readonly #name: string;
  readonly #lines: LineBuffer;
  #seq: number;
  #bodyLines: number;

  constructor(ports: RunLogPorts, id: FlowRunId, name: string, from?: RunLogPosition) {
    this.#ports = ports;
    this.#id = id;
    this.#name = name;
    this.#seq = from?.lastSeq ?? 0;
    this.#bodyLines = from?.bodyLines ?? 0;
    this.#lines = new LineBuffer(ports, id, from);
  }

  /** Writes the events with whatever belongs to them, then shows them. */
  async commit(
    bodies: readonly EventBody[],
    writes: readonly Write[],
    durability?: Durability,
  ): Promise<void> {
    const prepared = this.prepare(bodies);
    await this.#ports.store.commit([...writes, ...prepared.writes], durability);
    prepared.show();
  }

  /** For a commit that someone else makes: the writes that belong in it, and what to call once it is durable. */
  prepare(bodies: readonly EventBody[]): { readonly writes: readonly Write[]; show(): void } {
    const at = this.#ports.clock.now();
    const events = bodies.map((body) => this.#event(body, at));
    const said = bodies.flatMap((body) => sayEvent(body, this.#name));
    for (const line of said) this.#lines.push({ ...line, at });
    return {
      writes: [
        ...events.map((record): Write => ({ store: 'events', op: 'add', record })),
        ...this.#lines.take(),
      ],
      show: () => events.forEach((event) => this.#ports.feed.publish({ kind: 'event', event })),
    };
  }

  /** Shown at once, kept within 250 ms or with the next commit. */
  line(line: Line): void {
    this.#lines.push(line);
  }

  /** A line of the flow body: a replayed body does not say again what it said before. */
  bodyLine(line: Line & { readonly ordinal: number }): void {
    if (line.ordinal < this.#bodyLines) return;
    this.#bodyLines = line.ordinal + 1;
    this.line(line);
  }

  say(level: LogLevel, message: string): void {
    const logger = `Flow run '${this.#name}'`;
    this.line({ kind: 'log', level, logger, message, at: this.#ports.clock.now() });
  }

  #event(body: EventBody, at: number): NightshiftEvent {
    return { v: EVENT_VERSION, streamId: runStream(this.#id), seq: ++this.#seq, at, body };
  }
}
