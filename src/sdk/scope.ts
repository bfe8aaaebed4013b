import type { UpstreamOutcome } from '#domain/author-api.ts';
import type { AuthorHost } from '#domain/author-host.ts';
import type { Transaction, TransactionOptions } from './transaction.ts';
import type { Parameters } from '#domain/parameters.ts';
import type { PauseQuestion } from '#domain/pauses.ts';
import type { Codec } from '#domain/codec.ts';
import type { AuthorOutbox } from './author-outbox.ts';
import type { TaskFuture } from './future.ts';

/** What a flow body may ask beyond what tasks may. */
export interface FlowCalls {
  submit(task: string, args: readonly unknown[], waitFor: readonly unknown[]): TaskFuture<unknown>;
  submitFlow(
    flow: string,
    parameters: Readonly<Record<string, unknown>> | undefined,
  ): TaskFuture<unknown>;
  sleep(seconds: number): Promise<void>;
  transaction<T>(
    body: (transaction: Transaction) => Promise<T> | T,
    options: TransactionOptions,
  ): Promise<T>;
  /** @throws FlowPauseTimeout when nobody answers in time */
  pause(question: PauseQuestion): Promise<Parameters | undefined>;
}

/** The call that is being served: a flow body or one attempt of a task. */
export interface Served {
  readonly host: AuthorHost;
  /** Present in a flow body. */
  readonly flow?: FlowCalls;
  readonly logPrints: boolean;
  readonly codec: Codec;
  /** Absent in a callback: what it makes belongs to no attempt. */
  readonly outbox?: AuthorOutbox;
  /** Outcomes of the calls whose futures stand among the arguments, in a task. */
  readonly upstream?: readonly UpstreamOutcome[];
}

/** A worker serves one call at a time; tests that simulate several workers in one thread give another scope. */
export interface Scope {
  current(): Served | undefined;
  run<T>(served: Served, body: () => Promise<T>): Promise<T>;
}

function oneAtATime(): Scope {
  let served: Served | undefined;
  return {
    current: () => served,
    async run(next, body) {
      served = next;
      try {
        return await body();
      } finally {
        served = undefined;
      }
    },
  };
}

let scope: Scope = oneAtATime();

export function useScope(other: Scope): void {
  scope = other;
}

export const currentScope = (): Scope => scope;
export const served = (): Served | undefined => scope.current();
