/**
 * Commits of one run, in the order of the calls; those that wait for one share the next.
 * Invariant: after a commit failed none follows it, or the stream would have a gap for ever.
 */
export class CommitQueue<Batch> {
  readonly #write: (batches: readonly Batch[]) => Promise<void>;
  #waiting: Batch[] = [];
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #break: (error: unknown) => void = () => undefined;
  /** Rejects with what the first commit failed with; pending as long as none did. */
  readonly broken: Promise<never>;

  constructor(write: (batches: readonly Batch[]) => Promise<void>) {
    this.#write = write;
    this.broken = new Promise<never>((_, reject) => (this.#break = reject));
    this.broken.catch(() => undefined);
  }

  /** Resolves when the batch is written. */
  add(batch: Batch): Promise<void> {
    this.#waiting.push(batch);
    this.#next ??= this.#writeAfter(this.#last);
    return this.#next;
  }

  #writeAfter(before: Promise<void>): Promise<void> {
    this.#last = before.then(() => {
      const batches = this.#waiting;
      this.#waiting = [];
      this.#next = undefined;
      return this.#write(batches);
    });
    this.#last.catch(this.#break);
    return this.#last;
  }
}
