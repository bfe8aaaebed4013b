const MOST = 50;

/** Delays that double; becomes a list when its task is defined, since that knows the retries. */
export class Backoff {
  readonly #factor: number;
  constructor(factor: number) {
    this.#factor = factor;
  }

  /** `factor * 2^r` seconds for r = 0, 1, ...; at most 50, then the last repeats. */
  delays(retries: number): readonly number[] {
    const count = Math.min(MOST, Math.max(1, Math.trunc(retries) || 1));
    return Array.from({ length: count }, (_, retry) => this.#factor * 2 ** retry);
  }
}

/**
 * Retry delays that double: `exponentialBackoff(10)` with 4 retries waits 10, 20, 40 and 80 seconds.
 * @throws RangeError when the factor is not a number of seconds of 0 or more
 */
export function exponentialBackoff(factor: number): Backoff {
  if (!(Number.isFinite(factor) && factor >= 0))
    throw new RangeError(`exponentialBackoff takes seconds of 0 or more, not ${factor}.`);
  return new Backoff(factor);
}
