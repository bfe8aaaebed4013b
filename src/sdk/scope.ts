import type { AuthorHost } from '#domain/author-host.ts';

/** What a flow body may ask beyond what tasks may. */
export interface FlowCalls {
  callTask(task: string, args: readonly unknown[]): Promise<unknown>;
  sleep(seconds: number): Promise<void>;
}

/** The call that is being served: a flow body or one attempt of a task. */
export interface Served {
  readonly host: AuthorHost;
  /** Present in a flow body. */
  readonly flow?: FlowCalls;
  readonly logPrints: boolean;
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
