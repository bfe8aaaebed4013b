import { describeFailure, type Failure } from '#domain/failures.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { inWords, type Reason } from '#domain/reasons.ts';
import { nextRetry } from '#domain/retry.ts';
import * as S from '#domain/states.ts';
import type { TaskInput } from './task-machine.ts';
import { endAttempt, enter, withoutWait, type TaskTransition } from './task-transition.ts';

/** It is tried again while it has retries and nobody objects. */
export function fail(
  record: TaskRunRecord,
  input: Extract<TaskInput, { kind: 'failed' }>,
  at: number,
): TaskTransition {
  const { failure, draw, refused } = input;
  const state = failureState(failure);
  const mayRetry = refused === undefined && failure.kind !== 'interrupt';
  const retry = mayRetry ? nextRetry(record.policy, record.retriesUsed, draw) : undefined;
  const ended = endAttempt(record, state, at, failure, retry);
  if (!retry) return giveUp(ended, state, failure, at, refused);
  const next = { ...ended.record, retriesUsed: retry.retry, failure };
  const attempt = record.attempts.length;
  const reason: Reason = { kind: 'retry', of: 'attempt', attempt, failure, retry };
  if (retry.delayMs === 0)
    return enter(next, S.retrying(), reason, ended.events, { retry, failure });
  const waiting = { ...next, nextAttemptAt: at + retry.delayMs };
  return enter(waiting, S.awaitingRetry(), reason, ended.events, { retry, failure });
}

function giveUp(
  ended: TaskTransition,
  state: S.State,
  failure: Failure,
  at: number,
  refused: string | undefined,
): TaskTransition {
  const { retries } = ended.record.policy;
  const isInterrupt = failure.kind === 'interrupt';
  const exhausted = retries > 0 && refused === undefined && !isInterrupt;
  const reason: Reason = isInterrupt ? { kind: 'interrupted' } : whyGivenUp(retries, refused);
  return enter({ ...ended.record, failure, endedAt: at }, state, reason, ended.events, {
    failure,
    ...(exhausted ? { retriesExhausted: true } : {}),
  });
}

function whyGivenUp(retries: number, refused: string | undefined): Reason {
  if (refused !== undefined) return { kind: 'retry refused', why: refused };
  return retries > 0 ? { kind: 'retries used', retries } : { kind: 'no retries' };
}

/** It is started again while it has recoveries; no retry is used. */
export function lose(
  record: TaskRunRecord,
  input: Extract<TaskInput, { kind: 'lost' }>,
  at: number,
): TaskTransition {
  const failure: Failure = {
    kind: 'lost',
    cause: input.cause,
    ...(input.injected ? { injected: true } : {}),
  };
  const message = describeFailure(failure);
  const ended = endAttempt(record, S.crashed(message), at, failure);
  const used = record.recoveriesUsed + 1;
  const { recoveries } = record.policy;
  if (used > recoveries)
    return enter(
      { ...ended.record, failure, endedAt: at },
      S.crashed(`${message}; ${recoveries} recoveries are used`),
      { kind: 'recoveries used', recoveries },
      ended.events,
      { failure },
    );
  const next = { ...ended.record, recoveriesUsed: used, failure };
  const reason: Reason = { kind: 'lost', cause: input.cause, recovery: used, recoveries };
  return enter(next, S.recovering(message), reason, ended.events, { failure });
}

export function cancel(record: TaskRunRecord, reason: string, at: number): TaskTransition {
  const state = S.cancelled(reason);
  const failure: Failure = { kind: 'cancelled', reason };
  const ended = endAttempt(record, state, at, failure);
  return enter(
    { ...withoutWait(ended.record), failure, endedAt: at },
    state,
    inWords(reason),
    ended.events,
    { failure },
  );
}

/** It never ran, and never will. */
export function blocked(record: TaskRunRecord, taskRun: string, at: number): TaskTransition {
  if (record.state.type !== 'PENDING') return { record, events: [] };
  const failure: Failure = { kind: 'upstream', taskRun };
  const state = S.notReady(describeFailure(failure));
  const reason: Reason = { kind: 'upstream failed', taskRun };
  return enter({ ...record, failure, endedAt: at }, state, reason, [], { failure });
}

function failureState(failure: Failure): S.State {
  const message = describeFailure(failure);
  if (failure.kind === 'interrupt') return S.crashed(message);
  return failure.kind === 'timeout' ? S.timedOut(message) : S.failed(message);
}
