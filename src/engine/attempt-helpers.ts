import type { AuthorWorker } from '#domain/ports.ts';
import type { RunContext } from './run-context.ts';

/**
 * Workers of the same program that one attempt was given for help. The two talk over a port of their own; the engine
 * opens them and ends them with the attempt, however that ends.
 */
export class AttemptHelpers {
  readonly #run: Pick<RunContext, 'places' | 'ports' | 'program'>;
  readonly #ends = new Set<() => void>();
  #ended = false;

  constructor(run: Pick<RunContext, 'places' | 'ports' | 'program'>) {
    this.#run = run;
  }

  /** @param port whose other end the attempt holds; @returns whether a helper is at it */
  async open(port: MessagePort): Promise<boolean> {
    const giveBack = this.#ended ? undefined : this.#run.places.takeForHelper();
    const worker = giveBack && (await this.#worker());
    const end = (): void => {
      giveBack?.();
      worker?.terminate('worker terminated');
    };
    this.#ends.add(end);
    if (worker && !this.#ended && (await worker.assist(port)) === true) return true;
    this.#ends.delete(end);
    end();
    port.close();
    return false;
  }

  end(): void {
    this.#ended = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  /** One that does not start is no failure of the attempt, which goes on alone. */
  async #worker(): Promise<AuthorWorker | undefined> {
    const { ports, program } = this.#run;
    const opened = await ports.workers.open(program);
    return opened.ok ? opened.worker : undefined;
  }
}
