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
    for (let go = this.#waiting.get(this.#next); go; go = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next++);
      go();
    }
  }
}
