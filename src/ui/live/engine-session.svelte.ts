import type { EngineApi, EngineStatus, FeedMessage } from '#domain/engine-api.ts';
import type { EngineConnection } from './connections.ts';

/** What a caught value says. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const SLOW_MS = 15_000;

export type EnginePhase = 'idle' | 'connecting' | 'ready' | 'failed';

/** The one connection of this tab to its engine: made when first needed, made again after a kill. */
export class EngineSession {
  phase = $state<EnginePhase>('idle');
  /** Why the engine did not start, or stopped. */
  reason = $state<string>();
  status = $state.raw<EngineStatus>();
  /** It stopped because there is no room left: deleting runs makes some. */
  full = $state(false);
  /** It has been starting for long; a worker that cannot load says nothing. */
  slow = $state(false);
  readonly #connect: () => Promise<EngineConnection>;
  #listeners: readonly ((message: FeedMessage) => void)[] = [];
  #opening: Promise<EngineConnection> | undefined;
  #connection: EngineConnection | undefined;

  constructor(connect: () => Promise<EngineConnection>) {
    this.#connect = connect;
  }

  /** @throws Error when the engine does not start; `phase` and `reason` say so too */
  async api(): Promise<EngineApi> {
    this.#opening ??= this.#open();
    return (await this.#opening).api;
  }

  /** Survives a kill: the next connection feeds the same listeners. */
  onMessage(listener: (message: FeedMessage) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** Also ends an engine that is still starting. The next call of `api` starts another. */
  kill(): void {
    this.#connection?.kill();
    this.#connection = undefined;
    this.#opening = undefined;
    this.phase = 'idle';
    this.status = undefined;
  }

  async #open(): Promise<EngineConnection> {
    this.phase = 'connecting';
    this.reason = undefined;
    const timer = setTimeout(() => (this.slow = true), SLOW_MS);
    try {
      const connection = await this.#connect();
      this.#connection = connection;
      connection.onMessage((message) => this.#hear(message));
      this.status = await connection.start();
      this.phase = 'ready';
      return connection;
    } catch (error) {
      this.#opening = undefined;
      this.#fail(reasonOf(error));
      throw error;
    } finally {
      clearTimeout(timer);
      this.slow = false;
    }
  }

  #fail(reason: string): void {
    this.phase = 'failed';
    this.reason = reason;
  }

  #hear(message: FeedMessage): void {
    if (message.kind === 'status') this.status = message.status;
    if (message.kind === 'stopped') this.#fail(message.reason);
    if (message.kind === 'stopped') this.full = message.full ?? false;
    for (const listener of this.#listeners) listener(message);
  }
}
