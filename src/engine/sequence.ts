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
    // The one that has just passed is not waiting yet: it goes on before a waiting one that was released with it would.
    queueMicrotask(() => this.#release());
  }
}
