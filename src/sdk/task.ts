import { TASK_HOOKS } from '#domain/hooks.ts';
import { NAME } from '#domain/host-api.ts';
import {
  BadPolicy,
  resolveTaskPolicy,
  type TaskFunctions,
  type TaskOptions,
} from '#domain/policies.ts';
import { Backoff } from './backoff.ts';
import { CacheKeyParts } from './cache.ts';
import { definitions, type InputsFunction, type RetryCondition } from './definitions.ts';
import type { AllowFailure, TaskFuture, Unmapped } from './future.ts';
import { taskHooks, withoutHooks, type TaskHookOptions } from './hooks.ts';
import { mappedArguments } from './mapping.ts';
import type { RunState } from './run-state.ts';
import { served, type FlowCalls } from './scope.ts';

/** An argument may also be the future of another task run: it is waited for, and its result given. */
export type Given<T> = T | TaskFuture<T> | AllowFailure<T>;
type GivenAll<Args extends readonly unknown[]> = { readonly [I in keyof Args]: Given<Args[I]> };
/** In `map`: a list to map over, or a value given whole to each. */
type MappedAll<Args extends readonly unknown[]> = {
  readonly [I in keyof Args]: Given<Args[I]> | Iterable<Given<Args[I]>> | Unmapped<Args[I]>;
};

/** A task as author code calls it: arguments and result are those of its body. */
export interface Task<Args extends readonly unknown[], Result> {
  /** Runs it and gives the result. @throws what the task run failed with */
  (...args: GivenAll<Args>): Promise<Result>;
  /** Starts it and goes on; await the future, or pass it to another task. */
  submit(...args: GivenAll<Args>): TaskFuture<Result>;
  /** One task run for each element, results in input order. */
  map(...args: MappedAll<Args>): readonly TaskFuture<Result>[];
  /** Runs it and gives its state instead of its result; a failure is not thrown. */
  returnState(...args: GivenAll<Args>): Promise<RunState<Result>>;
  /** The same task, which waits for these futures too before it runs. */
  waitFor(...futures: readonly Waitable[]): Task<Args, Result>;
  readonly taskName: string;
}

export type Waitable = TaskFuture<unknown> | AllowFailure<unknown> | readonly Waitable[];

/** The options of `task`; a name is needed, so that an attempt finds its task again. */
export type NamedTaskOptions = Omit<TaskOptions, 'retryDelaySeconds' | 'cachePolicy'> &
  TaskHookOptions & {
    readonly name: string;
    /** A text in which `{x}` stands for the input `x`, or a function of the inputs; settled once per task run. */
    readonly taskRunName?: string | InputsFunction<string>;
    /** What results are cached by: `INPUTS.and(TASK_SOURCE)`. */
    readonly cachePolicy?: CacheKeyParts;
    /** The cache key itself, from the inputs; null: not cached. */
    readonly cacheKeyFn?: InputsFunction<string | null | undefined>;
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
  const name = checkedName(given.name);
  if (typeof body !== 'function')
    throw new TypeError(`task '${name}' needs a function as its second argument.`);
  const functions = functionsOf(name, given);
  const options = optionsOf(given);
  refuseBadOptions(name, options, {
    asksCacheKey: functions.cacheKeyFn !== undefined,
  });
  definitions.define({ name, options, body, ...functions });
  return callable<Args, Awaited<Result>>(name, []);
}

/** What stays in this worker: the engine knows only that it is there. */
function functionsOf(name: string, given: NamedTaskOptions) {
  const { retryConditionFn, cacheKeyFn, taskRunName } = given;
  for (const [option, value] of Object.entries({ retryConditionFn, cacheKeyFn }))
    if (value !== undefined && typeof value !== 'function')
      throw new TypeError(`task '${name}': ${option} must be a function.`);
  if (taskRunName !== undefined && !['string', 'function'].includes(typeof taskRunName))
    throw new TypeError(`task '${name}': taskRunName must be a text or a function.`);
  return {
    ...(retryConditionFn ? { retryConditionFn } : {}),
    ...(cacheKeyFn ? { cacheKeyFn } : {}),
    ...(taskRunName === undefined ? {} : { taskRunName }),
    hooks: taskHooks(given, `task '${name}'`),
  };
}

/** What crosses to the engine: data only. */
function optionsOf(given: NamedTaskOptions): TaskOptions {
  const {
    retryConditionFn: _,
    cacheKeyFn: __,
    taskRunName: ___,
    retryDelaySeconds,
    ...rest
  } = given;
  const { cachePolicy, ...plain } = withoutHooks(TASK_HOOKS, rest);
  if (cachePolicy !== undefined && !(cachePolicy instanceof CacheKeyParts))
    throw new TypeError(
      `task '${given.name}': cachePolicy must be made of INPUTS, TASK_SOURCE, RUN_ID, FLOW_PARAMETERS or NO_CACHE.`,
    );
  return {
    ...plain,
    ...delaysOf(retryDelaySeconds, plain.retries),
    ...(cachePolicy ? { cachePolicy: cachePolicy.rule } : {}),
  };
}

function callable<Args extends readonly unknown[], Result>(
  name: string,
  waitFor: readonly unknown[],
): Task<Args, Result> {
  const submit = (...args: readonly unknown[]) =>
    flowCalls(name).submit(name, args, waitFor) as TaskFuture<Result>;
  const stateOf = async (...args: readonly unknown[]) => submit(...args).state;
  return Object.assign(async (...args: readonly unknown[]) => (await stateOf(...args)).result(), {
    taskName: name,
    submit,
    map: (...args: readonly unknown[]) => mappedArguments(args).map((one) => submit(...one)),
    returnState: stateOf,
    waitFor: (...futures: readonly Waitable[]) => callable<Args, Result>(name, [waitFor, futures]),
  });
}

function delaysOf(
  delay: NamedTaskOptions['retryDelaySeconds'],
  retries: number | undefined,
): Pick<TaskOptions, 'retryDelaySeconds'> {
  if (delay === undefined) return {};
  return { retryDelaySeconds: delay instanceof Backoff ? delay.delays(retries ?? 0) : delay };
}

/** @throws TypeError | RangeError naming the option */
function refuseBadOptions(name: string, options: TaskOptions, functions: TaskFunctions): void {
  try {
    resolveTaskPolicy(name, options, {}, undefined, functions);
  } catch (error) {
    if (!(error instanceof BadPolicy)) throw error;
    throw error.problem === 'type' ? new TypeError(error.message) : new RangeError(error.message);
  }
}

function flowCalls(name: string): FlowCalls {
  const current = served();
  if (!current)
    throw new Error(`Task '${name}' was called outside a flow. Call it from a flow body.`);
  if (current.flow) return current.flow;
  throw new Error(
    `Task '${current.host.context.task?.name}' called task '${name}'. A task cannot call a task: call both from the flow body and pass the result on.`,
  );
}

export function checkedName(name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new TypeError(
    `A name is needed: letters, digits, space, dot, dash or underscore, at most 100, not ${JSON.stringify(name)}.`,
  );
}
