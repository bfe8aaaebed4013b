import { assertNever } from '#domain/assert-never.ts';
import type { ResultSummary } from '#domain/events.ts';
import { describeFailure, type Failure, type LossCause } from '#domain/failures.ts';
import type { Parameters } from '#domain/parameters.ts';
import type { PauseQuestion } from '#domain/pauses.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { describeReason, inWords, type Reason } from '#domain/reasons.ts';
import { nextRetry } from '#domain/retry.ts';
import * as S from '#domain/states.ts';
import { pause, resume } from './flow-pause.ts';
import { end, enter, type FlowTransition } from './flow-transition.ts';
import { startMove, type StartInput } from './scheduled-start.ts';

/** What can happen to a flow run. */
export type FlowInput =
  | StartInput
  | { readonly kind: 'begun' }
  /** Its parameters do not fit: the body is never entered. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  /** With the state that the body made of what it returned, when it made one; with the result where it is kept. */
  | { readonly kind: 'returned'; readonly state?: S.State; readonly result?: ResultSummary }
  | { readonly kind: 'threw'; readonly failure: Failure }
  /** `answered`: how many calls of this flow attempt gave what they were asked for. */
  | { readonly kind: 'lost'; readonly cause: LossCause; readonly answered: number }
  | { readonly kind: 'retry due' }
  /** The body asks a person; `call` is its place among the calls. */
  | { readonly kind: 'paused'; readonly call: number; readonly question: PauseQuestion }
  | { readonly kind: 'resumed'; readonly answer: Parameters }
  | { readonly kind: 'pause due' }
  | { readonly kind: 'cancel asked'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string }
  /** The flow run that called it is over. */
  | { readonly kind: 'caller ended'; readonly flowRunName: string; readonly why?: string };

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
    case 'refused':
      return refuse(record, input.problems, at);
    case 'returned':
      return returned(input.result ? { ...record, result: input.result } : record, input.state, at);
    case 'threw':
      return failOrRetry(record, thrownState(input.failure), input.failure, at);
    case 'retry due':
      return retryDue(record, at);
    case 'lost':
      return lose(record, input, at);
    case 'paused':
      return pause(record, input, at);
    case 'resumed':
      return resume(record, input.answer, at);
    case 'pause due':
      return resume(record, undefined, at);
    case 'cancel asked':
      return enter(record, S.cancelling(input.reason), inWords(input.reason));
    case 'cancelled':
      return end(record, S.cancelled(input.reason), inWords(input.reason), at);
    case 'caller ended':
      return end(record, S.cancelled(describeReason(input)), input, at);
    case 'start due':
    case 'late':
    case 'no slot':
      return { record, events: [] };
    default:
      return assertNever(input);
  }
}

/** It starts and ends at one instant. No retry mends parameters. */
function refuse(record: FlowRunRecord, problems: readonly string[], at: number): FlowTransition {
  const failure: Failure = { kind: 'parameters', problems };
  const state = S.failed(`Validation of flow parameters failed with error: ${problems.join('; ')}`);
  const { startedAt = at } = record;
  return end({ ...record, startedAt }, state, { kind: 'parameters refused' }, at, failure);
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
    case 'refused':
      return refuse(record, input.problems, at);
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

const HOPELESS: ReadonlySet<Failure['kind']> = new Set(['non-determinism', 'load', 'interrupt']);

/** A flow that failed is entered again while it has retries; what no retry can mend is not tried. */
function failOrRetry(
  record: FlowRunRecord,
  state: S.State,
  failure: Failure,
  at: number,
): FlowTransition {
  const retry = HOPELESS.has(failure.kind)
    ? undefined
    : nextRetry(record.policy, record.flowAttempt - 1);
  if (!retry) return end(record, state, { kind: 'flow threw' }, at, failure);
  const attempt = record.flowAttempt;
  const reason: Reason = { kind: 'retry', of: 'flow attempt', attempt, failure, retry };
  const waiting = { ...record, nextAttemptAt: at + retry.delayMs };
  return enter(waiting, S.awaitingRetry(), reason, failure, retry);
}

/** A new flow attempt: new task runs, a new journal. */
function retryDue(record: FlowRunRecord, at: number): FlowTransition {
  const { nextAttemptAt, pausedMs: _, answeredWhenLost: _before, ...rest } = record;
  if (nextAttemptAt === undefined || at < nextAttemptAt) return { record, events: [] };
  const flowAttempt = record.flowAttempt + 1;
  const next = { ...rest, flowAttempt, recoveriesUsed: 0, attemptStartedAt: at };
  return enter(next, S.retrying(), { kind: 'delay over' });
}

const ENDS: ReadonlySet<FlowInput['kind']> = new Set(['returned', 'threw', 'lost', 'cancelled']);

/** However the body ends now, it was asked to stop before. */
function whileCancelling(record: FlowRunRecord, input: FlowInput, at: number): FlowTransition {
  if (!ENDS.has(input.kind)) return { record, events: [] };
  const reason = record.state.message ?? 'a cancel was asked for';
  return end(record, S.cancelled(reason), inWords(reason), at);
}

function thrownState(failure: Failure): S.State {
  const message = describeFailure(failure);
  // A task's timeout that the body did not catch is an exception like any other.
  if (failure.kind === 'timeout' && failure.subject === 'Flow') return S.timedOut(message);
  if (failure.kind === 'interrupt') return S.crashed(message);
  return S.failed(`Flow run encountered an exception: ${message}`);
}

function lose(
  record: FlowRunRecord,
  { cause, answered }: Extract<FlowInput, { kind: 'lost' }>,
  at: number,
): FlowTransition {
  // Between two flow attempts, and while it waits for a person, there is nothing to lose.
  if (record.nextAttemptAt !== undefined || record.pause) return { record, events: [] };
  // A body repeats itself: one that hung once hangs again, unless it was the device that stood still.
  const hung = cause === 'worker unresponsive';
  const most = hung ? 1 : Infinity;
  // What counts is that it gets no further: a run of a week may lose its tab every night.
  const gotFurther = !hung && answered > (record.answeredWhenLost ?? answered);
  const used = gotFurther ? 1 : record.recoveriesUsed + 1;
  const recoveries = Math.min(record.policy.recoveries, most);
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
  const next = { ...record, recoveriesUsed: used, answeredWhenLost: answered };
  // One that had not begun begins now like any other; that it was lost counts, or it could be so for ever.
  if (record.state.type === 'PENDING') return { record: next, events: [] };
  return enter(next, S.recovering(message), reason);
}
