import { LINE_CREDITS, type HostRequest } from '#domain/host-api.ts';
import type { HostCaller } from '#domain/host-caller.ts';

type OutgoingLine = Extract<HostRequest, { method: 'lines' }>['lines'][number];
type WithoutOrdinal<L> = L extends unknown ? Omit<L, 'ordinal'> : never;

const BATCH = 100;
const MAX_WAITING = 100_000;

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
    this.#waiting.push({ ...line, ordinal: this.#ordinal++ } as OutgoingLine);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  /** Resolves when everything pushed so far was acknowledged: before the end of an attempt is told. */
  async flush(): Promise<void> {
    if (this.#dropped > 0) {
      const message = `${this.#dropped} lines were dropped: more than ${MAX_WAITING} were waiting.`;
      this.#dropped = 0;
      this.push({ kind: 'log', level: 'WARNING', message });
    }
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
      const lines = this.#waiting.splice(0, BATCH);
      void this.#host.ask({ method: 'lines', lines }).then(() => this.#acknowledged());
    }
  }

  #acknowledged(): void {
    this.#credits++;
    this.#send();
    if (this.#idle) this.#drained.splice(0).forEach((resolve) => resolve());
  }
}
