/** How often an author worker says that it lives, and how often the engine listens for it. */
export const HEARTBEAT_EVERY_MS = 5000;
/** A worker that computes for a minute without a break is taken for dead. */
const SILENT_CHECKS = 12;

/**
 * Counts checks in a row in which nothing was heard. Checks, not time: a tab that slept wakes with an old clock, and must
 * not find its workers dead for it.
 */
export class Silence {
  #checks = 0;

  /** In a row, in which nothing was heard. */
  get checks(): number {
    return this.#checks;
  }

  heard(): void {
    this.#checks = 0;
  }

  /** Called every `HEARTBEAT_EVERY_MS`; true when the worker is to be given up. */
  check(): boolean {
    return ++this.#checks >= SILENT_CHECKS;
  }
}
