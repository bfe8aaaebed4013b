import type { Program } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import type { AuthorWorker, AuthorWorkers } from '#domain/ports.ts';
import type { Cancellation } from './cancellation.ts';

export type PooledWorker =
  | { readonly ok: true; readonly worker: AuthorWorker }
  | { readonly ok: false; readonly failure: Failure };

/** Places for task workers, shared by all runs; a place is held by one attempt at a time. */
export class Places {
  readonly #size: number;
  #free: number;
  #helpers = 0;
  /** In order of arrival; one that gives up leaves from the middle. */
  readonly #queue = new Set<() => void>();

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  get hasFree(): boolean {
    return this.#free > 0;
  }

  /** The result gives the place back; undefined when the run was cancelled before it had one. */
  take(cancellation: Cancellation): Promise<(() => void) | undefined> {
    return new Promise((resolve) => {
      if (cancellation.reason !== undefined) return resolve(undefined);
      if (this.#free > 0) {
        this.#free--;
        return resolve(this.#place());
      }
      const stopListening = cancellation.onRequest(() => {
        this.#queue.delete(enter);
        resolve(undefined);
      });
      const enter = () => {
        stopListening();
        resolve(this.#place());
      };
      this.#queue.add(enter);
    });
  }

  /**
   * For a helper of an attempt: only while nobody waits and fewer are at work than there are places, two at least (an
   * attempt leaves the engine and the page with next to nothing to do, so a second processor is free). It takes none of
   * the places: no attempt ever waits for helpers. The result gives it back.
   */
  takeForHelper(): (() => void) | undefined {
    const atWork = this.#size - this.#free + this.#helpers;
    if (this.#queue.size > 0 || atWork >= Math.max(2, this.#size)) return undefined;
    this.#helpers++;
    let given = false;
    return () => {
      if (!given) this.#helpers--;
      given = true;
    };
  }

  #place(): () => void {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const [next] = this.#queue;
      if (!next) this.#free++;
      else {
        this.#queue.delete(next);
        next();
      }
    };
  }
}

/** The task workers of one run and its subflows: loaded once, used again for the next attempt, all ended with it. */
export class RunWorkers {
  readonly #workers: AuthorWorkers;
  readonly #program: Program;
  readonly #idle: AuthorWorker[] = [];
  readonly #opened = new Set<AuthorWorker>();
  #closed = false;
  #resting = false;

  constructor(workers: AuthorWorkers, program: Program) {
    this.#workers = workers;
    this.#program = program;
  }

  get hasIdle(): boolean {
    return this.#idle.some((worker) => worker.isAlive);
  }

  async take(): Promise<PooledWorker> {
    this.#resting = false;
    // One that was idle may have died meanwhile.
    const idle = this.#idle.splice(0).filter((worker) => worker.isAlive);
    const worker = idle.pop();
    this.#idle.push(...idle);
    if (worker) return { ok: true, worker };
    const opened = await this.#workers.open(this.#program);
    if (opened.ok) this.#opened.add(opened.worker);
    if (this.#closed) this.#terminateAll();
    return opened;
  }

  /** A worker that lives can serve the next call; one that was ended is forgotten. */
  giveBack(worker: AuthorWorker): void {
    if (this.#resting) worker.terminate('worker terminated');
    if (!worker.isAlive) this.#opened.delete(worker);
    else if (!this.#closed) this.#idle.push(worker);
  }

  /** Ends those that have nothing to do, and the others as they are given back, until one is taken again. */
  rest(): void {
    this.#resting = true;
    for (const worker of this.#idle.splice(0)) this.giveBack(worker);
  }

  close(): void {
    this.#closed = true;
    this.#terminateAll();
  }

  #terminateAll(): void {
    for (const worker of this.#opened) worker.terminate('worker terminated');
    this.#opened.clear();
  }
}
