import type { Program } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import type { AuthorWorker, AuthorWorkers } from '#domain/ports.ts';

export type PooledWorker =
  | { readonly ok: true; readonly worker: AuthorWorker }
  | { readonly ok: false; readonly failure: Failure };

/** Places for task workers, shared by all runs; a place is held by one attempt at a time. */
export class Places {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** The result gives the place back. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    };
  }
}

/** The task workers of one run: loaded once, used again for its next attempt. */
export class RunWorkers {
  readonly #workers: AuthorWorkers;
  readonly #program: Program;
  readonly #idle: AuthorWorker[] = [];
  #closed = false;

  constructor(workers: AuthorWorkers, program: Program) {
    this.#workers = workers;
    this.#program = program;
  }

  async take(): Promise<PooledWorker> {
    const idle = this.#idle.pop();
    return idle ? { ok: true, worker: idle } : this.#workers.open(this.#program);
  }

  /** A worker whose call settled by itself can serve the next one. */
  giveBack(worker: AuthorWorker): void {
    if (this.#closed) worker.terminate('worker terminated');
    else this.#idle.push(worker);
  }

  close(): void {
    this.#closed = true;
    for (const worker of this.#idle.splice(0)) worker.terminate('worker terminated');
  }
}
