import { resolveTaskPolicy, type TaskOptions } from '#domain/policies.ts';
import { definitions } from './definitions.ts';
import { served } from './scope.ts';

/** A task as author code calls it: arguments and result are those of its body. */
export interface Task<Args extends readonly unknown[], Result> {
  (...args: Args): Promise<Result>;
  readonly taskName: string;
}

/** The options of `task`; a name is needed, so that an attempt finds its task again. */
export type NamedTaskOptions = TaskOptions & { readonly name: string };

/**
 * Makes a task: a step that is tracked, retried and shown. Call it from a flow body.
 * Stands at the top level of its module.
 *
 * `task({ name: 'extract', retries: 2, retryDelaySeconds: 5 }, () => loadDataset('reviews'))`
 * @throws Error when the name is missing or taken, an option makes no sense, or a flow is already running
 */
export function task<Args extends readonly unknown[], Result>(
  nameOrOptions: string | NamedTaskOptions,
  body: (...args: Args) => Result,
): Task<Args, Awaited<Result>> {
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  const name = checkedName(options.name);
  if (typeof body !== 'function')
    throw new TypeError(`task '${name}' needs a function as its second argument.`);
  resolveTaskPolicy(name, options);
  definitions.define({ name, options, body });
  const call = (...args: Args) => callFromFlow(name, args) as Promise<Awaited<Result>>;
  return Object.assign(call, { taskName: name });
}

async function callFromFlow(name: string, args: readonly unknown[]): Promise<unknown> {
  const current = served();
  if (!current)
    throw new Error(`Task '${name}' was called outside a flow. Call it from a flow body.`);
  if (!current.flow)
    throw new Error(
      `Task '${current.host.context.task?.name}' called task '${name}'. A task cannot call a task: call both from the flow body and pass the result on.`,
    );
  return current.flow.callTask(name, args);
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;

export function checkedName(name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new TypeError(
    `A name is needed: letters, digits, space, dot, dash or underscore, at most 100, not ${JSON.stringify(name)}.`,
  );
}
