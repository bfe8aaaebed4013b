import { flowHookOf } from '#domain/hooks.ts';
import type { FlowRunEvent } from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import type { OpenPause } from '#domain/pauses.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Reason } from '#domain/reasons.ts';
import type { RetryDecision } from '#domain/retry.ts';
import * as S from '#domain/states.ts';

/** A flow run as it is now, and what tells how it came to that. */
export interface FlowTransition {
  readonly record: FlowRunRecord;
  readonly events: readonly FlowRunEvent[];
}

/** It is over; hooks of the state it ends in are due. */
export function end(
  record: FlowRunRecord,
  state: S.State,
  reason: Reason,
  at: number,
  failure?: Failure,
): FlowTransition {
  const hook = flowHookOf(state);
  const due = hook && record.policy.hooks?.[hook] ? { hooksDue: 1 as const } : {};
  const details = failure ? { failure } : {};
  const { startsAt: _, ...rest } = record;
  const ended = { ...rest, active: 0 as const, endedAt: at, ...details, ...due };
  return enter(ended, state, reason, failure);
}

/** It is in the state from now on, and paused only when it says so. */
export function enter(
  record: FlowRunRecord,
  state: S.State,
  reason: Reason,
  failure?: Failure,
  retry?: RetryDecision,
  pause?: OpenPause,
): FlowTransition {
  const { flowAttempt } = record;
  const { pause: _left, ...rest } = record;
  const event: FlowRunEvent = {
    kind: 'flow-run.state',
    state,
    flowAttempt,
    reason,
    ...(failure ? { failure } : {}),
    ...(retry ? { retry } : {}),
    ...(pause ? { pause } : {}),
    ...(isBegin(record, state) ? { begins: true } : {}),
    ...(record.active === 0 && !S.isTerminal(state) ? { ended: true } : {}),
  };
  return { record: { ...rest, state, ...(pause ? { pause } : {}) }, events: [event] };
}

/** Its first state of RUNNING, whatever it is called: the surroundings may have been lost before it began. */
const isBegin = ({ state: before }: FlowRunRecord, state: S.State): boolean =>
  state.type === 'RUNNING' &&
  (before.type === 'PENDING' || before.type === 'SCHEDULED') &&
  before.name !== 'AwaitingRetry';
