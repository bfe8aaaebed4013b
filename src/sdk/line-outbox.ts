import { describeFailure, type Failure } from '#domain/failures.ts';
import { LINE_CREDITS, MAX_MESSAGE_BYTES, type HostRequest } from '#domain/host-api.ts';
import type { HostCaller } from '#domain/host-caller.ts';

type OutgoingLine = Extract<HostRequest, { method: 'lines' }>['lines'][number];
type WithoutOrdinal<L> = L extends unknown ? Omit<L, 'ordinal'> : never;

const BATCH = 100;
/** The engine refuses longer messages whole. */
const BATCH_CHARACTERS = MAX_MESSAGE_BYTES / 2;
const MAX_LINE = 20_000;
const MAX_WAITING = 50_000;

/**
 * Lines go out in batches, at most `LINE_CREDITS` unacknowledged: a flood of logs waits here, in the worker that made it,
 * instead of drowning the engine.
 */
export class LineOutbox {
  readonly #host: HostCaller;
  readonly #waiting: OutgoingLine[] = [];
  #ordinal = 0;
  #credits = LINE_CREDITS;
  #dropped = 0;
  /** Ordinal of the last warning that lines were refused: it is not warned about in its turn. */
  #warnedAt = -1;
  #scheduled = false;
  #drained: (() => void)[] = [];

  constructor(host: HostCaller) {
    this.#host = host;
  }

  push(line: WithoutOrdinal<OutgoingLine>): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#queue(line);
  }

  /** Resolves when everything pushed so far was acknowledged: before the end of an attempt is told. */
  async flush(): Promise<void> {
    await this.#allAcknowledged();
    if (this.#dropped === 0) return;
    this.#warn(`${this.#dropped} lines were dropped: more than ${MAX_WAITING} were waiting.`);
    this.#dropped = 0;
    await this.#allAcknowledged();
  }

  #queue(line: WithoutOrdinal<OutgoingLine>): void {
    const clipped = line.kind === 'log' ? { ...line, message: clip(line.message) } : line;
    this.#waiting.push({ ...clipped, ordinal: this.#ordinal++ });
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #warn(message: string): void {
    this.#queue({ kind: 'log', level: 'WARNING', message });
  }

  async #allAcknowledged(): Promise<void> {
    this.#send();
    if (this.#idle) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  get #idle(): boolean {
    return this.#waiting.length === 0 && this.#credits === LINE_CREDITS;
  }

  #send(): void {
    while (this.#credits > 0 && this.#waiting.length > 0) {
      this.#credits--;
      const lines = this.#waiting.splice(0, batchLength(this.#waiting));
      void this.#host.ask({ method: 'lines', lines }).then((reply) => {
        if (!reply.ok) this.#refused(lines, reply.failure);
        this.#acknowledged();
      });
    }
  }

  #refused(lines: readonly OutgoingLine[], failure: Failure): void {
    const isOwnWarning = lines.every(({ ordinal }) => ordinal === this.#warnedAt);
    if (isOwnWarning) return;
    this.#warnedAt = this.#ordinal;
    this.#warn(`${lines.length} lines could not be kept: ${describeFailure(failure)}`);
  }

  #acknowledged(): void {
    this.#credits++;
    this.#send();
    if (this.#idle) this.#drained.splice(0).forEach((resolve) => resolve());
  }
}

const clip = (text: string): string =>
  text.length <= MAX_LINE ? text : `${text.slice(0, MAX_LINE - 1)}…`;

function batchLength(lines: readonly OutgoingLine[]): number {
  let characters = 0;
  const full = lines.findIndex((line, i) => {
    characters += line.kind === 'log' ? line.message.length : 200;
    return i === BATCH || (i > 0 && characters > BATCH_CHARACTERS);
  });
  return full < 0 ? lines.length : full;
}
