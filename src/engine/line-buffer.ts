import type { FlowRunId } from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import type { Write } from '#domain/store.ts';
import type { RunLogPorts, RunLogPosition } from './run-log.ts';

export const CHUNK_LINES = 100;
const FLUSH_AFTER_MS = 250;
/** Shown and not kept yet: whoever says more waits until they are. */
const MOST_UNKEPT = 4 * CHUNK_LINES;

/** Lines of one run: shown at once, kept in chunks of about 100, at the latest after 250 ms or with the next commit. */
export class LineBuffer {
  readonly #ports: RunLogPorts;
  readonly #id: FlowRunId;
  #chunk: number;
  #kept: readonly Line[];
  #fresh: Line[] = [];
  #stopTimer: (() => void) | undefined;
  /** Lines that a flush is writing. */
  #underWay = 0;
  #flushed: Promise<void> = Promise.resolve();

  constructor(ports: RunLogPorts, id: FlowRunId, from?: RunLogPosition) {
    this.#ports = ports;
    this.#id = id;
    this.#chunk = from?.lineChunk ?? 0;
    this.#kept = from?.chunkLines ?? [];
  }

  push(...lines: readonly Line[]): void {
    if (lines.length === 0) return;
    this.#fresh.push(...lines);
    this.publish(lines);
    if (this.#fresh.length >= CHUNK_LINES) void this.flush();
    else this.#stopTimer ??= this.#flushLater();
  }

  /** Resolves when few enough wait to be kept: a store that is slower than author code slows it down. */
  async room(): Promise<void> {
    if (this.#fresh.length + this.#underWay < MOST_UNKEPT) return;
    await this.flush();
  }

  /** Lines of a commit that is about to be made: it takes them, and they are published once it is durable. */
  add(lines: readonly Line[]): void {
    this.#fresh.push(...lines);
  }

  publish(lines: readonly Line[]): void {
    this.#ports.feed.publish({ kind: 'lines', flowRunId: this.#id, lines });
  }

  /** Hands what is not kept yet to a commit; the open chunk is written again until it is full. */
  take(): readonly Write[] {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    const writes: Write[] = [];
    while (this.#fresh.length > 0) {
      const room = CHUNK_LINES - this.#kept.length;
      const lines = [...this.#kept, ...this.#fresh.splice(0, room)];
      const record = { flowRunId: this.#id, chunk: this.#chunk, lines };
      writes.push({ store: 'lines', op: 'put', record });
      if (lines.length >= CHUNK_LINES) this.#chunk++;
      this.#kept = lines.length >= CHUNK_LINES ? [] : lines;
    }
    return writes;
  }

  #flushLater(): () => void {
    return this.#ports.clock.at(this.#ports.clock.now() + FLUSH_AFTER_MS, () => void this.flush());
  }

  flush(): Promise<void> {
    const lines = this.#fresh.length;
    if (lines > 0) this.#flushed = this.#write(this.take(), lines);
    return this.#flushed;
  }

  async #write(writes: readonly Write[], lines: number): Promise<void> {
    this.#underWay += lines;
    // A full or closed store shows itself at the next transition, which cannot be lost; lines can.
    await this.#ports.store.commit(writes).catch(() => undefined);
    this.#underWay -= lines;
  }
}
