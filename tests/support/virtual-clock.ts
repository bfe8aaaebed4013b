import type { Clock } from '#domain/ports.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that moves only when a test says so. Timers run in the order of their instants, equal ones as they were set. */
export class VirtualClock implements Clock {
  #now: number;
  #timers: readonly Timer[] = [];

  /** Milliseconds since the epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(instant: number, callback: () => void): () => void {
    const timer = { at: instant, callback };
    const after = this.#timers.findIndex((other) => other.at > instant);
    this.#timers = this.#timers.toSpliced(after < 0 ? this.#timers.length : after, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The next instant at which something is due. */
  get next(): number | undefined {
    return this.#timers[0]?.at;
  }

  /** Lets everything that needs no time happen: promises of promises included. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    while (this.next !== undefined && this.next <= until) await this.#runNext();
    this.#now = until;
    await this.settle();
  }

  /** Time goes by and nothing runs, as in a laptop that is asleep; what is overdue runs when it wakes. */
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(0);
  }

  /**
   * Jumps from timer to timer until the condition holds.
   * @throws Error when nothing is due any more, or too much was
   */
  async until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
    for (let jumps = 0; jumps < 10_000; jumps++) {
      await this.settle();
      if (await condition()) return;
      if (this.next === undefined) break;
      await this.#runNext();
    }
    throw new Error(`Waited in vain for ${what}: nothing is due at ${this.#now}.`);
  }

  async #runNext(): Promise<void> {
    const [timer, ...later] = this.#timers;
    this.#timers = later;
    if (!timer) return;
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
    await this.settle();
  }
}
