import type { AuthorContext } from '#domain/author-host.ts';
import type { LogLevel } from '#domain/lines.ts';
import type { Transaction, TransactionOptions } from './transaction.ts';
import { served, type Served } from './scope.ts';

function here(what: string): Served {
  const current = served();
  if (!current) throw new Error(`${what} works inside a flow run only.`);
  return current;
}

/** Who and where the running code is: ids, parameters, seed; in a task also its name and attempt. */
export const context: AuthorContext = {
  get flowRunId() {
    return here('context').host.context.flowRunId;
  },
  get flowRunName() {
    return here('context').host.context.flowRunName;
  },
  get parameters() {
    return here('context').host.context.parameters;
  },
  get seed() {
    return here('context').host.context.seed;
  },
  get scheduledFor() {
    return here('context').host.context.scheduledFor;
  },
  get task() {
    return here('context').host.context.task;
  },
};

const at =
  (level: LogLevel) =>
  (message: unknown): void =>
    here('logger').host.log(level, String(message));

/** Log lines of the run, with a level. */
export const logger = {
  debug: at('DEBUG'),
  info: at('INFO'),
  warning: at('WARNING'),
  error: at('ERROR'),
};

/**
 * Runs the task runs that the body starts as one: they commit together when it returns, or are rolled back, last first,
 * when it throws or one of them fails. Transactions nest; side by side they are refused.
 * @throws what the body throws
 */
export function transaction<T>(
  body: (transaction: Transaction) => Promise<T> | T,
  options: TransactionOptions = {},
): Promise<T> {
  const { flow } = here('transaction');
  if (!flow) throw new Error('transaction works in a flow body: it groups task runs.');
  return flow.transaction(body, options);
}

/** Waits in a flow body; remembered across a reload. Seconds, fractions allowed. */
export function sleep(seconds: number): Promise<void> {
  const { flow } = here('sleep');
  if (!flow) throw new Error('sleep works in a flow body. In a task, await a timer of your own.');
  if (!(seconds >= 0 && Number.isFinite(seconds)))
    throw new RangeError(`sleep takes seconds of 0 or more, not ${seconds}.`);
  return flow.sleep(seconds);
}
