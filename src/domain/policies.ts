import {
  DEFAULT_CACHE_RULE,
  isEmptyRule,
  type CacheKeyRule,
  type CachePolicy,
} from './cache-policy.ts';
import type { FlowHook, HookNames, TaskHook } from './hooks.ts';
import { showValue } from './show-value.ts';

/** What an author may write; every field optional. Seconds may be fractions. */
export interface TaskOptions {
  readonly name?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Whole number of 0 to 1,000: attempts beyond the first. */
  readonly retries?: number;
  /** One delay for all retries, or a list whose last element repeats (at most 50). */
  readonly retryDelaySeconds?: number | readonly number[];
  /** 0 or more: each delay is drawn around its mean, from about `delay / 2` for 0.7 to `delay * (1 + factor)` at most. */
  readonly retryJitterFactor?: number;
  readonly timeoutSeconds?: number;
  /** Unset: inherited from the flow. */
  readonly logPrints?: boolean;
  /** How many lost attempts are started again before the task run ends Crashed. */
  readonly recoveries?: number;
  /** Results outlive the run: a later task run with the same cache key takes them. Unset: inherited from the flow. */
  readonly persistResult?: boolean;
  /** What the cache key is made of; unset with `persistResult`: inputs, task source and run id. Implies `persistResult`. */
  readonly cachePolicy?: CacheKeyRule;
  readonly cacheExpirationSeconds?: number;
  /** Runs though a result is cached, and replaces it. */
  readonly refreshCache?: boolean;
}

/** When a failure is followed by another attempt. */
export interface RetryPolicy {
  readonly retries: number;
  /** Never empty. */
  readonly retryDelaysSeconds: readonly number[];
  /** 0: no jitter. */
  readonly retryJitterFactor: number;
}

/** The complete form the engine works with. */
export interface TaskPolicy extends RetryPolicy {
  /** True when the author's `retryConditionFn` is asked before a retry. */
  readonly asksBeforeRetry: boolean;
  readonly timeoutSeconds?: number;
  readonly logPrints: boolean;
  readonly recoveries: number;
  readonly tags: readonly string[];
  /** The author's template or function gives the name; absent: `<task>-<index>`. */
  readonly asksName?: true;
  readonly cache?: CachePolicy;
  readonly hooks?: HookNames<TaskHook>;
}

/** What the reader changed without touching the source; absent fields leave the source's value. */
export type TaskOverride = Pick<TaskOptions, 'retries' | 'retryDelaySeconds' | 'timeoutSeconds'>;
export type Overrides = Readonly<Record<string, TaskOverride>>;

export interface FlowOptions {
  readonly name?: string;
  readonly description?: string;
  /** How often the body is entered again after it failed; tasks then run again too. */
  readonly retries?: number;
  readonly retryDelaySeconds?: number | readonly number[];
  /** Unset: inherited from the flow that calls it. */
  readonly logPrints?: boolean;
  /** How long a flow attempt may go on; the time for which it is paused does not count. */
  readonly timeoutSeconds?: number;
  /** For all tasks that do not say otherwise. */
  readonly persistResult?: boolean;
  /** False: parameters reach the body as they were given, neither coerced nor checked. */
  readonly validateParameters?: boolean;
}

export interface FlowPolicy extends RetryPolicy {
  readonly logPrints: boolean;
  readonly timeoutSeconds?: number;
  /** How often a flow run is taken up again after its surroundings died. */
  readonly recoveries: number;
  readonly persistResult?: boolean;
  readonly hooks?: HookNames<FlowHook>;
}

const MAX_DELAYS = 50;
const DEFAULT_RECOVERIES = 3;
/** A task run keeps all its attempts in one record. */
const MAX_RETRIES = 1000;

/** A policy that makes no sense; the message names the option and says what is allowed. */
export class BadPolicy extends Error {
  override readonly name = 'BadPolicy';
  /** A value of another kind than asked for, or one out of its range. */
  readonly problem: 'type' | 'range';
  constructor(problem: 'type' | 'range', message: string) {
    super(message);
    this.problem = problem;
  }
}

/** What a task's definition has beyond its options: functions stay in the author's worker. */
export interface TaskFunctions {
  readonly asksBeforeRetry?: boolean;
  readonly asksName?: boolean;
  readonly asksCacheKey?: boolean;
  readonly hooks?: HookNames<TaskHook>;
}

/** As `TaskFunctions`, of the flow. */
export interface FlowFunctions {
  readonly asksName?: boolean;
  readonly hooks?: HookNames<FlowHook>;
}

/**
 * Fills defaults and validates.
 * @throws BadPolicy naming the task, the option and what is allowed
 */
export function resolveTaskPolicy(
  taskName: string,
  options: TaskOptions,
  override: TaskOverride = {},
  inherited: Pick<FlowPolicy, 'logPrints' | 'persistResult'> = { logPrints: false },
  functions: TaskFunctions = {},
): TaskPolicy {
  const retries = override.retries ?? options.retries ?? 0;
  const retryDelay = override.retryDelaySeconds ?? options.retryDelaySeconds ?? 0;
  const timeout = override.timeoutSeconds ?? options.timeoutSeconds;
  const at = `task '${taskName}'`;
  return {
    retries: atMost(MAX_RETRIES, wholeNumber(retries, `${at}: retries`), `${at}: retries`),
    retryDelaysSeconds: delays(retryDelay, at),
    retryJitterFactor: jitterFactor(options.retryJitterFactor ?? 0, at),
    asksBeforeRetry: functions.asksBeforeRetry ?? false,
    ...(timeout === undefined
      ? {}
      : { timeoutSeconds: positive(timeout, `${at}: timeoutSeconds`) }),
    logPrints: options.logPrints ?? inherited.logPrints,
    recoveries: atMost(
      MAX_RETRIES,
      wholeNumber(options.recoveries ?? DEFAULT_RECOVERIES, `${at}: recoveries`),
      `${at}: recoveries`,
    ),
    tags: options.tags ?? [],
    ...(functions.asksName ? { asksName: true } : {}),
    ...cachePolicy(options, inherited, functions, at),
    ...(hasHooks(functions) ? { hooks: functions.hooks ?? {} } : {}),
  };
}

const hasHooks = (functions: TaskFunctions | FlowFunctions): boolean =>
  Object.keys(functions.hooks ?? {}).length > 0;

function cachePolicy(
  options: TaskOptions,
  inherited: Pick<FlowPolicy, 'persistResult'>,
  functions: TaskFunctions,
  at: string,
): { readonly cache?: CachePolicy } {
  const asksKey = functions.asksCacheKey ?? false;
  const rule = options.cachePolicy ?? DEFAULT_CACHE_RULE;
  const isAsked = asksKey || (options.cachePolicy !== undefined && !isEmptyRule(rule));
  if (options.persistResult === false && isAsked)
    throw new BadPolicy(
      'range',
      `${at}: persistResult: false keeps nothing that could be cached. Remove it, or the cache policy.`,
    );
  const persist = options.persistResult ?? (isAsked || (inherited.persistResult ?? false));
  const { cacheExpirationSeconds: expiration } = options;
  const expires = expiration !== undefined && {
    expirationSeconds: positive(expiration, `${at}: cacheExpirationSeconds`),
  };
  if (!persist || (isEmptyRule(rule) && !asksKey)) return {};
  return { cache: { rule, asksKey, ...expires, refresh: options.refreshCache ?? false } };
}

export function resolveFlowPolicy(
  options: FlowOptions,
  inherited: Pick<FlowPolicy, 'logPrints' | 'persistResult'> = { logPrints: false },
  functions: FlowFunctions = {},
): FlowPolicy {
  return {
    retries: wholeNumber(options.retries ?? 0, 'flow: retries'),
    retryDelaysSeconds: delays(options.retryDelaySeconds ?? 0, 'flow'),
    retryJitterFactor: 0,
    logPrints: options.logPrints ?? inherited.logPrints,
    ...(options.timeoutSeconds === undefined
      ? {}
      : { timeoutSeconds: positive(options.timeoutSeconds, 'flow: timeoutSeconds') }),
    recoveries: DEFAULT_RECOVERIES,
    ...(options.persistResult === undefined ? {} : { persistResult: options.persistResult }),
    ...(hasHooks(functions) ? { hooks: functions.hooks ?? {} } : {}),
  };
}

function wholeNumber(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw bad(value, `${what} must be a whole number of 0 or more, not ${showValue(value)}.`);
}

function atMost(most: number, value: number, what: string): number {
  if (value <= most) return value;
  throw bad(value, `${what} may be ${most.toLocaleString('en-US')} at most, not ${value}.`);
}

function positive(value: unknown, what: string): number {
  if (Number.isFinite(value) && Number(value) > 0) return Number(value);
  throw bad(value, `${what} must be a number of seconds above 0, not ${showValue(value)}.`);
}

function jitterFactor(value: unknown, at: string): number {
  if (Number.isFinite(value) && Number(value) >= 0) return Number(value);
  throw bad(value, `${at}: \`retryJitterFactor\` must be >= 0, not ${showValue(value)}.`);
}

function delays(value: unknown, at: string): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > MAX_DELAYS)
    throw new BadPolicy('range', `${at}: retryDelaySeconds takes 1 to ${MAX_DELAYS} delays.`);
  return list.map((delay) => {
    if (Number.isFinite(delay) && Number(delay) >= 0) return Number(delay);
    throw bad(
      delay,
      `${at}: retryDelaySeconds must be seconds of 0 or more, or a list of them, not ${showValue(delay)}.`,
    );
  });
}

const bad = (value: unknown, message: string): BadPolicy =>
  new BadPolicy(typeof value === 'number' ? 'range' : 'type', message);
