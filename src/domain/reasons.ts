import { assertNever } from './assert-never.ts';
import { describeFailure, type Failure, type LossCause } from './failures.ts';
import type { FlowRunId } from './ids.ts';
import type { Parameters } from './parameters.ts';
import { describeSlotWait, type SlotWait } from './limits.ts';
import type { RetryDecision } from './retry.ts';
import { showValue } from './show-value.ts';

/** Why a state was entered, as data; `describeReason` makes the sentence of it. */
export type Reason =
  /** Words of a person, of author code, or of an event of version 1. */
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'run created' }
  | { readonly kind: 'called'; readonly task: string }
  | { readonly kind: 'worker ready'; readonly of: 'task' | 'flow' }
  | { readonly kind: 'attempt returned'; readonly attempt: number }
  | { readonly kind: 'upstream failed'; readonly taskRun: string }
  | { readonly kind: 'flow returned' }
  | { readonly kind: 'flow returned state' }
  | { readonly kind: 'flow threw' }
  | { readonly kind: 'parameters refused' }
  /** The flow run that called a subflow is over; `why` when that was not just its end. */
  | { readonly kind: 'caller ended'; readonly flowRunName: string; readonly why?: string }
  | { readonly kind: 'cache hit'; readonly key: string; readonly from: RunOrigin }
  | { readonly kind: 'rolled back'; readonly why: string }
  | { readonly kind: 'reused'; readonly from: RunOrigin }
  | Setback
  | Wait;

/** An attempt failed or was lost, and what follows from it. */
type Setback =
  | {
      readonly kind: 'retry';
      readonly of: 'attempt' | 'flow attempt';
      /** The attempt that failed. */
      readonly attempt: number;
      readonly failure: Failure;
      readonly retry: RetryDecision;
    }
  | { readonly kind: 'retries used'; readonly retries: number }
  | { readonly kind: 'no retries' }
  | { readonly kind: 'retry refused'; readonly why: string }
  | {
      readonly kind: 'lost';
      readonly cause: LossCause;
      readonly recovery: number;
      readonly recoveries: number;
    }
  | {
      readonly kind: 'flow lost';
      readonly cause: LossCause;
      readonly recovery: number;
      readonly recoveries: number;
    }
  | { readonly kind: 'recoveries used'; readonly recoveries: number }
  | { readonly kind: 'interrupted' };

/** What it waits for, or how the wait ended. */
type Wait =
  /** It may not begin until slots are free; one entry a limit, never empty. */
  | {
      readonly kind: 'no slot';
      readonly waits: readonly SlotWait[];
      /** Absent: it begins as soon as they are. */
      readonly asksAgainAfterSeconds?: number;
    }
  | { readonly kind: 'delay over' }
  | { readonly kind: 'time came' }
  | { readonly kind: 'late'; readonly seconds: number }
  | {
      /** The flow body asked a person. */
      readonly kind: 'paused';
      /** For how long at most. */
      readonly seconds: number;
      /** Milliseconds since the epoch, logical clock. */
      readonly until: number;
      readonly message?: string;
    }
  | { readonly kind: 'resumed'; readonly answer: Parameters }
  | { readonly kind: 'never resumed'; readonly seconds: number }
  /** Of a task run: it would start, but its flow run is paused. */
  | { readonly kind: 'flow paused' }
  | { readonly kind: 'flow resumed' };

/** A task run elsewhere that something came from. */
export interface RunOrigin {
  readonly flowRunId: FlowRunId;
  readonly flowRunName: string;
  /** `extract-0` */
  readonly taskRun: string;
}

export const inWords = (words: string): Reason => ({ kind: 'words', words });

/** One sentence for people, without a full stop. */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'words':
      return reason.words;
    case 'run created':
      return 'the run was created';
    case 'called':
      return `the flow called ${reason.task}`;
    case 'worker ready':
      return reason.of === 'task' ? 'a worker is there' : 'its worker is there';
    case 'attempt returned':
      return `attempt ${reason.attempt} returned`;
    case 'upstream failed':
      return describeFailure({ kind: 'upstream', taskRun: reason.taskRun });
    case 'flow returned':
      return 'the flow function returned';
    case 'flow returned state':
      return 'the flow function returned it';
    case 'flow threw':
      return 'the flow function did not return';
    case 'cache hit':
      return `cache hit: ${originWords(reason.from)} has the same key`;
    case 'rolled back':
      return `its transaction was rolled back: ${reason.why}`;
    case 'parameters refused':
      return 'its parameters were refused';
    case 'caller ended':
      return `run ${reason.flowRunName}, which called it, ended${reason.why === undefined ? '' : `: ${reason.why}`}`;
    case 'reused':
      return `the result of ${originWords(reason.from)} was reused`;
    default:
      return describeSetback(reason);
  }
}

function describeSetback(reason: Setback | Wait): string {
  switch (reason.kind) {
    case 'retry':
      return describeRetry(reason);
    case 'retries used':
      return `all ${reason.retries} retries are used`;
    case 'no retries':
      return 'no retries are allowed';
    case 'retry refused':
      return reason.why;
    case 'lost':
      return `${reason.cause}: started again without using a retry (recovery ${reason.recovery} of ${reason.recoveries})`;
    case 'flow lost':
      return `${reason.cause}: taken up again from its journal (recovery ${reason.recovery} of ${reason.recoveries})`;
    case 'recoveries used':
      return 'no recovery is left';
    case 'interrupted':
      return 'author code interrupted itself, so nothing is retried';
    default:
      return describeWait(reason);
  }
}

function describeWait(reason: Wait): string {
  switch (reason.kind) {
    case 'no slot':
      return noSlotWords(reason);
    case 'delay over':
      return 'the delay is over';
    case 'time came':
      return 'its time has come';
    case 'late':
      return `it should have begun ${reason.seconds} s ago`;
    case 'paused':
      return `it waits for a person, ${reason.seconds} s at most${reason.message ? `: ${reason.message}` : ''}`;
    case 'resumed':
      return `a person resumed it${answerWords(reason.answer)}`;
    case 'never resumed':
      return `nobody resumed it within ${reason.seconds} s`;
    case 'flow paused':
      return 'its flow run is paused';
    case 'flow resumed':
      return 'its flow run goes on';
    default:
      return assertNever(reason);
  }
}

function noSlotWords({
  waits,
  asksAgainAfterSeconds,
}: Extract<Reason, { kind: 'no slot' }>): string {
  const again =
    asksAgainAfterSeconds === undefined ? '' : `; it asks again after ${asksAgainAfterSeconds} s`;
  return `waits for ${waits.map(describeSlotWait).join(', and for ')}${again}`;
}

const originWords = ({ taskRun, flowRunName }: RunOrigin): string =>
  `${taskRun} in run ${flowRunName}`;

/** ` with approved true, reason "ok"` */
function answerWords(answer: Parameters): string {
  const told = Object.entries(answer).map(([name, value]) => `${name} ${showValue(value)}`);
  return told.length === 0 ? '' : ` with ${told.join(', ')}`;
}

function describeRetry({
  of,
  attempt,
  failure,
  retry,
}: Extract<Reason, { kind: 'retry' }>): string {
  const why = `${of} ${attempt} failed: ${describeFailure(failure)}`;
  const which = `retry ${retry.retry} of ${retry.retries}`;
  const when = retry.delayMs === 0 && of === 'attempt' ? 'at once' : `in ${retry.delayMs / 1000} s`;
  return `${why}; ${which} ${when}`;
}
