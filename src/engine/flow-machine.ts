import { assertNever } from '#domain/assert-never.ts';
import type { FlowRunEvent } from '#domain/events.ts';
import { describeFailure, type Failure, type LossCause } from '#domain/failures.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { inWords, type Reason } from '#domain/reasons.ts';
import { nextRetry, type RetryDecision } from '#domain/retry.ts';
import * as S from '#domain/states.ts';
import { startMove, type StartInput } from './scheduled-start.ts';

/** What can happen to a flow run. */
export type FlowInput =
  | StartInput
  | { readonly kind: 'begun' }
  /** With the state that the body made of what it returned, when it made one. */
  | { readonly kind: 'returned'; readonly state?: S.State }
  | { readonly kind: 'threw'; readonly failure: Failure }
  | { readonly kind: 'lost'; readonly cause: LossCause }
  | { readonly kind: 'retry due' }
  | { readonly kind: 'cancel asked'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string };

export interface FlowTransition {
  readonly record: FlowRunRecord;
  readonly events: readonly FlowRunEvent[];
}

/** Pure. Invariants: a terminal state never changes, and Cancelling leads to Cancelled only. */
export function transitionFlow(
  record: FlowRunRecord,
  input: FlowInput,
  at: number,
): FlowTransition {
  if (record.active === 0) return { record, events: [] };
  if (record.state.type === 'CANCELLING') return whileCancelling(record, input, at);
  if (record.startsAt !== undefined) return beforeStart(record, input, at);
  switch (input.kind) {
    case 'begun':
      if (record.state.type !== 'PENDING') return { record, events: [] };
      return enter(
        { ...record, startedAt: record.startedAt ?? at, attemptStartedAt: at },
        S.running(),
        { kind: 'worker ready', of: 'flow' },
      );
    case 'returned':
      return returned(record, input.state, at);
    case 'threw':
      return failOrRetry(record, thrownState(input.failure), input.failure, at);
    case 'retry due':
      return retryDue(record, at);
    case 'lost':
      return lose(record, input.cause, at);
    case 'cancel asked':
      return enter(record, S.cancelling(input.reason), inWords(input.reason));
    case 'cancelled':
      return end(record, S.cancelled(input.reason), inWords(input.reason), at);
    case 'start due':
    case 'late':
    case 'no slot':
      return { record, events: [] };
    default:
      return assertNever(input);
  }
}

/** There is nothing to stop yet: who cancels it finds it Cancelled at once. */
function beforeStart(record: FlowRunRecord, input: FlowInput, at: number): FlowTransition {
  switch (input.kind) {
    case 'start due':
    case 'late':
    case 'no slot': {
      const move = startMove(record, input, at);
      return move ? enter(move.record, move.state, move.reason) : { record, events: [] };
    }
    case 'cancel asked':
    case 'cancelled':
      return end(record, S.cancelled(input.reason), inWords(input.reason), at);
    case 'threw':
      return failOrRetry(record, thrownState(input.failure), input.failure, at);
    default:
      return { record, events: [] };
  }
}

function returned(record: FlowRunRecord, state: S.State | undefined, at: number): FlowTransition {
  if (!state) return end(record, S.completed(), { kind: 'flow returned' }, at);
  const { name, message = `the flow returned ${name}` } = state;
  if (state.type !== 'FAILED') return end(record, state, { kind: 'flow returned state' }, at);
  return failOrRetry(record, state, { kind: 'exception', name, message }, at);
}

/** A flow that failed is entered again while it has retries; what no retry can mend is not tried. */
function failOrRetry(
  record: FlowRunRecord,
  state: S.State,
  failure: Failure,
  at: number,
): FlowTransition {
  const hopeless = failure.kind === 'non-determinism' || failure.kind === 'load';
  const retry = hopeless ? undefined : nextRetry(record.policy, record.flowAttempt - 1);
  if (!retry) return end(record, state, { kind: 'flow threw' }, at, failure);
  const attempt = record.flowAttempt;
  const reason: Reason = { kind: 'retry', of: 'flow attempt', attempt, failure, retry };
  const waiting = { ...record, nextAttemptAt: at + retry.delayMs };
  return enter(waiting, S.awaitingRetry(), reason, failure, retry);
}

/** A new flow attempt: new task runs, a new journal. */
function retryDue(record: FlowRunRecord, at: number): FlowTransition {
  const { nextAttemptAt, ...rest } = record;
  if (nextAttemptAt === undefined || at < nextAttemptAt) return { record, events: [] };
  const next = { ...rest, flowAttempt: record.flowAttempt + 1, attemptStartedAt: at };
  return enter(next, S.retrying(), { kind: 'delay over' });
}

/** However the body ends now, it was asked to stop before. */
function whileCancelling(record: FlowRunRecord, input: FlowInput, at: number): FlowTransition {
  const ends: readonly FlowInput['kind'][] = ['returned', 'threw', 'lost', 'cancelled'];
  if (!ends.includes(input.kind)) return { record, events: [] };
  const reason = record.state.message ?? 'a cancel was asked for';
  return end(record, S.cancelled(reason), inWords(reason), at);
}

function thrownState(failure: Failure): S.State {
  const message = describeFailure(failure);
  // A task's timeout that the body did not catch is an exception like any other.
  if (failure.kind === 'timeout' && failure.subject === 'Flow') return S.timedOut(message);
  return S.failed(`Flow run encountered an exception: ${message}`);
}

function lose(record: FlowRunRecord, cause: LossCause, at: number): FlowTransition {
  // Between two flow attempts there is nothing to lose.
  if (record.nextAttemptAt !== undefined) return { record, events: [] };
  const used = record.recoveriesUsed + 1;
  const { recoveries } = record.policy;
  const failure: Failure = { kind: 'lost', cause };
  const message = describeFailure(failure);
  if (used > recoveries)
    return end(
      record,
      S.crashed(`${message}; ${recoveries} recoveries are used`),
      { kind: 'recoveries used', recoveries },
      at,
      failure,
    );
  const reason: Reason = { kind: 'flow lost', cause, recovery: used, recoveries };
  // A run may be lost before it began: its body must read one and the same start in every replay.
  const { startedAt = at, attemptStartedAt = at } = record;
  const next = { ...record, recoveriesUsed: used, startedAt, attemptStartedAt };
  return enter(next, S.recovering(message), reason);
}

function end(
  record: FlowRunRecord,
  state: S.State,
  reason: Reason,
  at: number,
  failure?: Failure,
): FlowTransition {
  const details = failure ? { failure } : {};
  const { startsAt: _, ...rest } = record;
  return enter({ ...rest, active: 0, endedAt: at, ...details }, state, reason, failure);
}

function enter(
  record: FlowRunRecord,
  state: S.State,
  reason: Reason,
  failure?: Failure,
  retry?: RetryDecision,
): FlowTransition {
  const { flowAttempt } = record;
  const event: FlowRunEvent = {
    kind: 'flow-run.state',
    state,
    flowAttempt,
    reason,
    ...(failure ? { failure } : {}),
    ...(retry ? { retry } : {}),
    ...(record.active === 0 && !S.isTerminal(state) ? { ended: true } : {}),
  };
  return { record: { ...record, state }, events: [event] };
}
