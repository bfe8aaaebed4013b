import type { ShardAnswers, ShardOrder, ShardReply } from './shard-orders.ts';

/** A worker that takes work off this one. It may die at any moment: then, and whenever it does not answer, nothing is lost. */
export class Helper {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #next = 0;
  isGivenUp = false;

  /** @param port the other end is served by `serveHelper` */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data: { id, answer } }: MessageEvent<ShardReply>) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    };
  }

  ask<O extends ShardOrder>(order: O, transfer: Transferable[]): HelperAnswer<O['order']> {
    if (this.isGivenUp) return new HelperAnswer(this, Promise.resolve(undefined));
    const id = this.#next++;
    const answered = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#port.postMessage({ id, order }, transfer);
    return new HelperAnswer(this, answered);
  }

  /** It is asked nothing more, and what it was asked is not waited for. */
  giveUp(): void {
    this.isGivenUp = true;
    this.#port.close();
    for (const settle of this.#waiting.values()) settle(undefined);
    this.#waiting.clear();
  }
}

/** What a helper may answer. */
export class HelperAnswer<K extends keyof ShardAnswers> {
  readonly #helper: Helper;
  readonly #answered: Promise<unknown>;

  constructor(helper: Helper, answered: Promise<unknown>) {
    this.#helper = helper;
    this.#answered = answered;
  }

  /**
   * @param patienceMs after which the helper is given up
   * @returns undefined when the work must be done here
   */
  async within(patienceMs: number): Promise<ShardAnswers[K] | undefined> {
    const timer = setTimeout(() => this.#helper.giveUp(), patienceMs);
    const answer = await this.#answered;
    clearTimeout(timer);
    return answer as ShardAnswers[K] | undefined;
  }
}
