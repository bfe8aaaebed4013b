/** What authors import as `nightshift`. */
export { exponentialBackoff } from './backoff.ts';
export { DEFAULT, FLOW_PARAMETERS, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE } from './cache.ts';
export type { FailedAttempt, RetryCondition } from './definitions.ts';
export { flow } from './flow.ts';
export type { Flow } from './flow.ts';
export { boolean, integer, number, text } from './fields.ts';
export { allowFailure, unmapped } from './future.ts';
export type { TaskFuture } from './future.ts';
export type { Hook, HookedRun } from './hooks.ts';
export { pause } from './pause.ts';
export type { PauseOptions } from './pause.ts';
export { Cancelled, Completed, Failed, Paused } from './run-state.ts';
export type { RunState } from './run-state.ts';
export { Interrupt } from './thrown.ts';
export { task } from './task.ts';
export type { Task } from './task.ts';
export { context, logger, sleep, transaction } from './surroundings.ts';
export type { Transaction } from './transaction.ts';
