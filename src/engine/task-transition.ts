import { taskHookOf } from '#domain/hooks.ts';
import type { TaskRunEvent } from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import type { AttemptRecord, TaskRunRecord } from '#domain/records.ts';
import type { Reason } from '#domain/reasons.ts';
import type { RetryDecision } from '#domain/retry.ts';
import * as S from '#domain/states.ts';

/** A task run as it is now, and what tells how it came to that. */
export interface TaskTransition {
  readonly record: TaskRunRecord;
  readonly events: readonly TaskRunEvent[];
}

export const isOpen = (attempt: AttemptRecord | undefined): attempt is AttemptRecord =>
  attempt !== undefined && attempt.endedAt === undefined;

export function withoutWait(record: TaskRunRecord): TaskRunRecord {
  const { nextAttemptAt: _, ...rest } = record;
  return rest;
}

/** Ends the open attempt, if there is one. */
export function endAttempt(
  record: TaskRunRecord,
  state: S.State,
  at: number,
  failure?: Failure,
  retry?: RetryDecision,
): TaskTransition {
  const open = record.attempts.at(-1);
  if (!isOpen(open)) return { record, events: [] };
  const optional = { ...(failure ? { failure } : {}), ...(retry ? { retry } : {}) };
  const closed = { ...open, endedAt: at, state, ...optional };
  const event: TaskRunEvent = {
    kind: 'attempt.ended',
    taskRunId: record.id,
    attempt: open.number,
    state,
    durationMs: at - open.startedAt,
    ...(failure ? { failure } : {}),
  };
  return {
    record: { ...record, attempts: [...record.attempts.slice(0, -1), closed] },
    events: [event],
  };
}

type StateDetails = Partial<
  Pick<
    Extract<TaskRunEvent, { kind: 'task-run.state' }>,
    'failure' | 'retry' | 'retriesExhausted' | 'result'
  >
>;

/** It is in the state from now on. @param before events of the same instant that come first */
export function enter(
  record: TaskRunRecord,
  state: S.State,
  reason: Reason,
  before: readonly TaskRunEvent[],
  details: StateDetails = {},
): TaskTransition {
  const attempt = record.attempts.length;
  const event: TaskRunEvent = {
    kind: 'task-run.state',
    taskRunId: record.id,
    attempt,
    state,
    reason,
    ...details,
  };
  // A first attempt starts inside Running; everything else ends its attempt before the state is left.
  const starts = before.some((one) => one.kind === 'attempt.started');
  return {
    record: { ...withHooksDue(record, state), state },
    events: starts ? [event, ...before] : [...before, event],
  };
}

/** Hooks of a terminal state run after it was committed: the record says so until they have. */
function withHooksDue(record: TaskRunRecord, state: S.State): TaskRunRecord {
  const { hooksDue: _, ...rest } = record;
  const hook = S.isTerminal(state) ? taskHookOf(state) : undefined;
  return hook && record.policy.hooks?.[hook] ? { ...rest, hooksDue: hook } : rest;
}
