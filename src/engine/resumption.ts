import type { RunContext } from './run-context.ts';

/** Tells whoever waits for it that the run is paused no longer. */
export class Resumption {
  readonly #listeners = new Set<() => void>();

  tell(): void {
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls back once; the result takes the wish to hear back. */
  onResume(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Waits until the run is paused no longer, or until cancelled: then false. */
export function untilResumed({
  record,
  resumption,
  cancellation,
}: Pick<RunContext, 'record' | 'resumption' | 'cancellation'>): Promise<boolean> {
  return new Promise((resolve) => {
    if (cancellation.reason !== undefined) return resolve(false);
    if (!record().pause) return resolve(true);
    const stopListening = cancellation.onRequest(() => {
      forget();
      resolve(false);
    });
    const forget = resumption.onResume(() => {
      stopListening();
      resolve(true);
    });
  });
}
