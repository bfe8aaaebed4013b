import { describeFailure, type Failure } from '#domain/failures.ts';
import type { AuthorRequest } from '#domain/host-api.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { LineOutbox } from './line-outbox.ts';
import { RunFailure } from './thrown.ts';

type WithoutOrdinal<R> = R extends unknown ? Omit<R, 'ordinal'> : never;

const WHAT: Readonly<Record<AuthorRequest['method'], string>> = {
  artifact: 'An artifact',
  updateArtifact: 'A progress',
  emitEvent: 'An event',
};

/** Artifacts and events of one attempt on their way to the engine, numbered in the order in which they were made. */
export class AuthorOutbox {
  readonly #host: HostCaller;
  readonly #lines: LineOutbox;
  readonly #waits: boolean;
  readonly #underWay = new Set<Promise<void>>();
  #next = 0;

  /**
   * @param waits whether who sends may wait until it is kept. A flow body must not: the answer comes at another moment
   * in each replay, and the body would go on in another order.
   */
  constructor(host: HostCaller, lines: LineOutbox, waits: boolean) {
    this.#host = host;
    this.#lines = lines;
    this.#waits = waits;
  }

  /** @returns its ordinal, and when it is kept; rejects with RunFailure when the engine refuses */
  send(
    request: WithoutOrdinal<AuthorRequest>,
    transfer: Transferable[] = [],
  ): { readonly ordinal: number; readonly kept: Promise<void> } {
    const ordinal = this.#next++;
    const kept = this.#keep({ ...request, ordinal }, transfer);
    this.#underWay.add(kept);
    const over = () => this.#underWay.delete(kept);
    kept.then(over, over);
    return { ordinal, kept: this.#waits ? kept : Promise.resolve() };
  }

  /** Resolves when all that was sent is kept or refused: before the end of an attempt is told. */
  async flush(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async #keep(request: AuthorRequest, transfer: Transferable[]): Promise<void> {
    const reply = await this.#host.ask(request, transfer);
    if (reply.ok) return;
    this.#warn(request, reply.failure);
    throw new RunFailure(reply.failure);
  }

  /** Who does not wait for it hears of it here. */
  #warn({ method }: AuthorRequest, failure: Failure): void {
    const message = `${WHAT[method]} was not kept: ${describeFailure(failure)}`;
    this.#lines.push({ kind: 'log', level: 'WARNING', message });
  }
}
