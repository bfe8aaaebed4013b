import { LINE_CREDITS, REQUEST_CREDITS } from '#domain/host-api.ts';

/** A worker that waits for its credits never has so many messages on their way at once. */
const MOST_WAITING = 2 * (REQUEST_CREDITS + LINE_CREDITS);

/**
 * How many messages of one worker were waiting to be read. They are read in the order in which they came, so those that are
 * read before a message that this thread sends to itself had come before it. Counts, not time: a slow device finds no flood
 * where a fast one finds none.
 */
export class Backlog {
  readonly #behindAll: (callback: () => void) => void;
  #read = 0;
  #counting = false;

  /** @param behindAll calls back once everything that has come to this thread by now is read */
  constructor(behindAll: (callback: () => void) => void = throughOwnPort) {
    this.#behindAll = behindAll;
  }

  /** Call for each message. False when too many were waiting. */
  read(): boolean {
    if (!this.#counting) this.#begin();
    return ++this.#read <= MOST_WAITING;
  }

  #begin(): void {
    this.#counting = true;
    this.#read = 0;
    this.#behindAll(() => (this.#counting = false));
  }
}

const { port1, port2 } = new MessageChannel();
const callbacks: (() => void)[] = [];

function throughOwnPort(callback: () => void): void {
  // Set when needed: a port that listens keeps Node from ending.
  port1.onmessage ??= () => callbacks.shift()?.();
  callbacks.push(callback);
  port2.postMessage(undefined);
}
