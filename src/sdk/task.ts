import { BadPolicy, resolveTaskPolicy, type TaskOptions } from '#domain/policies.ts';
import { Backoff } from './backoff.ts';
import { definitions, type RetryCondition } from './definitions.ts';
import { served } from './scope.ts';

/** A task as author code calls it: arguments and result are those of its body. */
export interface Task<Args extends readonly unknown[], Result> {
  (...args: Args): Promise<Result>;
  readonly taskName: string;
}

/** The options of `task`; a name is needed, so that an attempt finds its task again. */
export type NamedTaskOptions = Omit<TaskOptions, 'retryDelaySeconds'> & {
  readonly name: string;
  /** Seconds, a list of them whose last repeats, or `exponentialBackoff(2)`. */
  readonly retryDelaySeconds?: number | readonly number[] | Backoff;
  /** Asked after a failed attempt that has a retry left; false or a throw ends the task run as Failed. */
  readonly retryConditionFn?: RetryCondition;
};

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
  const given: NamedTaskOptions =
    typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  const { retryConditionFn, retryDelaySeconds, ...rest } = given;
  const name = checkedName(rest.name);
  if (typeof body !== 'function')
    throw new TypeError(`task '${name}' needs a function as its second argument.`);
  if (retryConditionFn !== undefined && typeof retryConditionFn !== 'function')
    throw new TypeError(`task '${name}': retryConditionFn must be a function.`);
  const options = { ...rest, ...delaysOf(retryDelaySeconds, rest.retries) };
  refuseBadOptions(name, options);
  definitions.define({ name, options, body, ...(retryConditionFn ? { retryConditionFn } : {}) });
  const call = (...args: Args) => callFromFlow(name, args) as Promise<Awaited<Result>>;
  return Object.assign(call, { taskName: name });
}

function delaysOf(
  delay: NamedTaskOptions['retryDelaySeconds'],
  retries: number | undefined,
): Pick<TaskOptions, 'retryDelaySeconds'> {
  if (delay === undefined) return {};
  return { retryDelaySeconds: delay instanceof Backoff ? delay.delays(retries ?? 0) : delay };
}

/** @throws TypeError | RangeError naming the option */
function refuseBadOptions(name: string, options: TaskOptions): void {
  try {
    resolveTaskPolicy(name, options);
  } catch (error) {
    if (!(error instanceof BadPolicy)) throw error;
    throw error.problem === 'type' ? new TypeError(error.message) : new RangeError(error.message);
  }
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
