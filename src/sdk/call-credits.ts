import { REQUEST_CREDITS } from '#domain/host-api.ts';

/** A body that goes on calling without ever waiting would fill all memory with what it waits for. */
const MOST_OPEN_CALLS = 100_000;

/**
 * At most `REQUEST_CREDITS` calls of a flow body are with the engine at a time; the others wait here. They go in the order of
 * their numbers: a call may wait for earlier ones, never for later.
 */
export class CallCredits {
  #free = REQUEST_CREDITS;
  readonly #waiting = new Set<() => void>();

  /**
   * Resolves when the call may be sent. Take one as the number is taken.
   * @throws RangeError when far too many calls are open
   */
  take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    if (this.#waiting.size + REQUEST_CREDITS >= MOST_OPEN_CALLS)
      throw new RangeError(
        `${MOST_OPEN_CALLS.toLocaleString('en-US')} calls of this flow are under way. Await some of them before you make more.`,
      );
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  giveBack(): void {
    const [next] = this.#waiting;
    if (!next) this.#free++;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
