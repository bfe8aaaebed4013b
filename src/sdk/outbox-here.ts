import type { AuthorOutbox } from './author-outbox.ts';
import { served } from './scope.ts';

/**
 * Where what is made here goes. Outside a run, as at the top of a module while it loads, there is none: it warns.
 * @throws Error in a function that the engine asks of a task
 */
export function outboxHere(what: string): AuthorOutbox | undefined {
  const current = served();
  if (current?.outbox) return current.outbox;
  if (current)
    throw new Error(
      `${what} works in a task or a flow body, not in a function like retryConditionFn: what it makes belongs to no attempt.`,
    );
  warn(
    `${what} was called outside a flow run, so nothing was made. Call it from a task or a flow.`,
  );
  return undefined;
}

/** To the log of the run, or to the console where there is none. */
export function warn(message: string): void {
  const current = served();
  if (current) current.host.log('WARNING', message);
  else console.warn(message);
}
