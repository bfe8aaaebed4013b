/** More than any run needs at once: ten thousand mapped calls, and what they say meanwhile. */
const BURST = 30_000;
/** Many times what a worker comes to that waits for its answers. */
const PER_SECOND = 5000;

/** How many messages a worker may send, whatever is in them: a supply that refills with time. */
export class MessageAllowance {
  readonly #now: () => number;
  #left = BURST;
  #at: number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** False when the worker has sent too many. */
  take(): boolean {
    const now = this.#now();
    // A clock that was set back refills nothing.
    const refill = (Math.max(0, now - this.#at) / 1000) * PER_SECOND;
    this.#at = now;
    this.#left = Math.min(BURST, this.#left + refill) - 1;
    return this.#left >= 0;
  }
}
