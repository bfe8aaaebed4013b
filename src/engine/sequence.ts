/** Lets numbered things pass in order of their numbers, from 0, whatever order they come in. */
export class Sequence {
  #next = 0;
  readonly #waiting = new Map<number, () => void>();

  /** Resolves when every number below has passed. */
  turn(number: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#release();
    });
  }

  #release(): void {
    const go = this.#waiting.get(this.#next);
    if (!go) return;
    this.#waiting.delete(this.#next++);
    go();
    // Its caller may have yet to wait for it: released at the same instant, a later one would go on first.
    queueMicrotask(() => this.#release());
  }
}
