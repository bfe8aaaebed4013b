import type { ShardAnswers, ShardOrder, ShardReply } from './shard-orders.ts';

/** A worker that takes work off this one. It may die at any moment: then, and whenever it does not answer, nothing is lost. */
export class Assistant {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #next = 0;
  isGivenUp = false;

  /** @param port the other end is served by `serveAssistant` */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data: { id, answer } }: MessageEvent<ShardReply>) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    };
  }

  ask<O extends ShardOrder>(order: O, transfer: Transferable[]): AssistantAnswer<O['order']> {
    const id = this.#next++;
    if (this.isGivenUp) return new AssistantAnswer(this, id, Promise.resolve(undefined));
    const answered = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#port.postMessage({ id, order }, transfer);
    return new AssistantAnswer(this, id, answered);
  }

  /** It is asked nothing more, and what it was asked is not waited for. */
  giveUp(): void {
    this.isGivenUp = true;
    this.#port.close();
    for (const settle of this.#waiting.values()) settle(undefined);
    this.#waiting.clear();
  }
}

/** What an assistant may answer. */
export class AssistantAnswer<K extends keyof ShardAnswers> {
  /** Of the question. */
  readonly id: number;
  readonly #assistant: Assistant;
  readonly #answered: Promise<unknown>;

  constructor(assistant: Assistant, id: number, answered: Promise<unknown>) {
    this.id = id;
    this.#assistant = assistant;
    this.#answered = answered;
  }

  /**
   * @param patienceMs after which the assistant is given up
   * @returns undefined when the work must be done here
   */
  async within(patienceMs: number): Promise<ShardAnswers[K] | undefined> {
    const timer = setTimeout(() => this.#assistant.giveUp(), patienceMs);
    const answer = await this.#answered;
    clearTimeout(timer);
    return answer as ShardAnswers[K] | undefined;
  }
}
