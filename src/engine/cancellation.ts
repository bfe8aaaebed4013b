import type { Clock } from '#domain/ports.ts';

/** What tasks and subflows hear that their flow run did not wait for. */
export const FLOW_RUN_ENDED = 'the flow run ended';

/** One run's wish to stop, seen by everything that waits for it. */
export class Cancellation {
  #reason: string | undefined;
  readonly #listeners = new Set<(reason: string) => void>();

  get reason(): string | undefined {
    return this.#reason;
  }

  request(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  /** Calls back once, at once when it was asked before; the result takes the wish to hear back. */
  onRequest(listener: (reason: string) => void): () => void {
    if (this.#reason !== undefined) listener(this.#reason);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits until the instant, or until cancelled: then false. */
  wait(clock: Clock, until: number): Promise<boolean> {
    return new Promise((resolve) => {
      let stopTimer: () => void = () => undefined;
      const stopListening = this.onRequest(() => {
        stopTimer();
        resolve(false);
      });
      stopTimer = clock.at(until, () => {
        stopListening();
        resolve(true);
      });
      if (this.#reason !== undefined) stopTimer();
    });
  }
}
