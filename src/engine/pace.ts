import type { Clock } from '#domain/ports.ts';

/** Commits of a running flow wait for at most the slice that is on: no slice should take longer than 25 ms. */
const SLOW_MS = 12;
const FAST_MS = 6;
/** A few milliseconds of work. Where that takes long it waits for others, and smaller slices would wait as long. */
const SMALLEST = 64;
const LARGEST = 512;
const SHORTEST_PAUSE_MS = 2;

/** Work in the background, in slices that are as large as they may be, and with room for everything else in between. */
export class Pace {
  readonly #clock: Clock;
  #size = 128;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records that one slice should touch. */
  get size(): number {
    return this.#size;
  }

  /** Does one slice of about `size` records, then pauses for as long as it took. */
  async slice<T>(work: (size: number) => Promise<T>): Promise<T> {
    const startedAt = this.#clock.now();
    const result = await work(this.#size);
    const tookMs = this.#clock.now() - startedAt;
    if (tookMs > SLOW_MS) this.#size = Math.max(SMALLEST, Math.floor(this.#size / 2));
    else if (tookMs < FAST_MS) this.#size = Math.min(LARGEST, Math.ceil(this.#size * 1.25));
    await this.#pause(Math.max(SHORTEST_PAUSE_MS, tookMs));
    return result;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.at(this.#clock.now() + ms, resolve));
  }
}
