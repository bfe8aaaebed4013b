import { authorHost, type AuthorHost } from '#domain/author-host.ts';

/**
 * For what reads or changes the world: a flow body is replayed after a crash, so it must not do that.
 * @throws Error outside a task, naming what was tried
 */
export function taskHost(what: string): AuthorHost {
  const host = authorHost(what);
  if (!host.context.task)
    throw new Error(
      `${what} works in a task only, because a flow body may run again: call it from a task.`,
    );
  return host;
}
