import { served } from './scope.ts';

export interface LimitOptions {
  /** How many slots it takes; 1 when absent. */
  readonly slots?: number;
  /** How long to wait for them at most; for ever when absent. */
  readonly timeoutSeconds?: number;
  /** True: a limit that nobody has set is an error. Else it holds nobody back, and a warning says so. */
  readonly strict?: boolean;
}

/** Slots of a limit. Those that are not given back are free when the attempt ends. */
export interface HeldSlots {
  release(): Promise<void>;
}

/**
 * Runs a part of a task while it holds slots of a limit that all runs share; waits until they are free.
 *
 * `await limit('database', async () => { ... })`, `await limit('database', { slots: 2, timeoutSeconds: 30 }, () => ...)`
 * @throws LimitError when the slots can never be had, TimeoutError when not in time
 */
async function withinLimit<T>(
  name: string,
  ...rest: readonly [() => T] | readonly [LimitOptions, () => T]
): Promise<Awaited<T>> {
  const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
  if (typeof body !== 'function')
    throw new TypeError(`limit('${name}') needs a function: what runs while it holds the slots.`);
  const held = await acquire(name, options);
  try {
    return await body();
  } finally {
    await held.release();
  }
}

/** Takes slots until `release` is called. @throws as `limit` does */
async function acquire(name: string, options: LimitOptions = {}): Promise<HeldSlots> {
  const host = served()?.host;
  if (!host) throw new Error('limit works inside a flow run only: call it from a task.');
  const { slots = 1, strict = false, timeoutSeconds } = options;
  const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  const lease = await host.acquireLimit({ name, slots, strict, ...timeout });
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      await host.releaseLimit(lease);
    },
  };
}

export const limit = Object.assign(withinLimit, { acquire });
