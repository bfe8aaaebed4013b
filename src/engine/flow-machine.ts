import { assertNever } from '#domain/assert-never.ts';
import type { FlowRunEvent } from '#domain/events.ts';
import { describeFailure, type Failure, type LossCause } from '#domain/failures.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { nextRetry, type RetryDecision } from '#domain/retry.ts';
import * as S from '#domain/states.ts';

/** What can happen to a flow run. */
export type FlowInput =
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
  switch (input.kind) {
    case 'begun':
      if (record.state.type !== 'PENDING') return { record, events: [] };
      return enter(
        { ...record, startedAt: record.startedAt ?? at, attemptStartedAt: at },
        S.running(),
        'its worker is there',
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
      return enter(record, S.cancelling(input.reason), input.reason);
    case 'cancelled':
      return end(record, S.cancelled(input.reason), input.reason, at);
    default:
      return assertNever(input);
  }
}

function returned(record: FlowRunRecord, state: S.State | undefined, at: number): FlowTransition {
  if (!state) return end(record, S.completed(), 'the flow function returned', at);
  const { name, message = `the flow returned ${name}` } = state;
  if (state.type !== 'FAILED') return end(record, state, 'the flow function returned it', at);
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
  if (!retry) return end(record, state, 'the flow function did not return', at, failure);
  const why = `flow attempt ${record.flowAttempt} failed: ${describeFailure(failure)}`;
  const reason = `${why}; retry ${retry.retry} of ${retry.retries} in ${retry.delayMs / 1000} s`;
  const waiting = { ...record, nextAttemptAt: at + retry.delayMs };
  return enter(waiting, S.awaitingRetry(), reason, failure, retry);
}

/** A new flow attempt: new task runs, a new journal. */
function retryDue(record: FlowRunRecord, at: number): FlowTransition {
  const { nextAttemptAt, ...rest } = record;
  if (nextAttemptAt === undefined || at < nextAttemptAt) return { record, events: [] };
  const next = { ...rest, flowAttempt: record.flowAttempt + 1, attemptStartedAt: at };
  return enter(next, S.retrying(), 'the delay is over');
}

/** However the body ends now, it was asked to stop before. */
function whileCancelling(record: FlowRunRecord, input: FlowInput, at: number): FlowTransition {
  if (input.kind === 'begun' || input.kind === 'cancel asked' || input.kind === 'retry due')
    return { record, events: [] };
  const reason = record.state.message ?? 'a cancel was asked for';
  return end(record, S.cancelled(reason), reason, at);
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
      'no recovery is left',
      at,
      failure,
    );
  const reason = `${cause}: taken up again from its journal (recovery ${used} of ${recoveries})`;
  const next = { ...record, recoveriesUsed: used };
  // One that had not begun begins now like any other; that it was lost counts, or it could be so for ever.
  if (record.state.type === 'PENDING') return { record: next, events: [] };
  return enter(next, S.recovering(message), reason);
}

function end(
  record: FlowRunRecord,
  state: S.State,
  reason: string,
  at: number,
  failure?: Failure,
): FlowTransition {
  const details = failure ? { failure } : {};
  return enter({ ...record, active: 0, endedAt: at, ...details }, state, reason, failure);
}

function enter(
  record: FlowRunRecord,
  state: S.State,
  reason: string,
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
