/** What authors import as `nightshift`. */
export { artifact } from './artifact.ts';
export type { ProgressArtifact } from './artifact.ts';
export { checkpoint } from './checkpoint.ts';
export { emitEvent } from './emit-event.ts';
export { exponentialBackoff } from './backoff.ts';
export type { FailedAttempt, RetryCondition } from './definitions.ts';
export { flow } from './flow.ts';
export type { Flow } from './flow.ts';
export { boolean, integer, number, text } from './fields.ts';
export { allowFailure, unmapped } from './future.ts';
export type { TaskFuture } from './future.ts';
export { Cancelled, Completed, Failed, Paused } from './run-state.ts';
export type { RunState } from './run-state.ts';
export { task } from './task.ts';
export type { Task } from './task.ts';
export { context, logger, sleep } from './surroundings.ts';
