import { assertNever } from '#domain/assert-never.ts';
import type { ResultSummary, TaskRunEvent } from '#domain/events.ts';
import { describeFailure, type Failure, type LossCause } from '#domain/failures.ts';
import type { Fault } from '#domain/faults.ts';
import type { SlotWait } from '#domain/limits.ts';
import type { AttemptRecord, TaskRunRecord } from '#domain/records.ts';
import type { Reason, RunOrigin } from '#domain/reasons.ts';
import * as S from '#domain/states.ts';
import { blocked, cancel, fail, lose } from './task-failure.ts';
import { endAttempt, enter, isOpen, withoutWait, type TaskTransition } from './task-transition.ts';

/** What can happen to a task run. */
export type TaskInput =
  /** A limit keeps it from running; it is given before the attempt, never during one. */
  | { readonly kind: 'no slot'; readonly waits: readonly SlotWait[] }
  /** A worker is there. */
  | { readonly kind: 'attempt started'; readonly fault?: Fault; readonly resumesAt?: number }
  | {
      readonly kind: 'succeeded';
      readonly result: ResultSummary;
      readonly stateName?: string;
      readonly message?: string;
    }
  /** The author's code threw, timed out, or gave what cannot be kept: retries apply. */
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** 0..1: the chance that a jittered delay uses. */
      readonly draw?: number;
      /** Present when the author's condition was asked and said no: why. */
      readonly refused?: string;
    }
  /** The surroundings were lost: no retry is used. */
  | { readonly kind: 'lost'; readonly cause: LossCause; readonly injected?: boolean }
  | { readonly kind: 'retry due' }
  /** It would start, but its flow run is paused. */
  | { readonly kind: 'held' }
  /** Its flow run goes on. */
  | { readonly kind: 'released' }
  | { readonly kind: 'cancelled'; readonly reason: string }
  /** What it waits for ended without completing. */
  | { readonly kind: 'upstream failed'; readonly taskRun: string }
  /** A stored result has its key: it need not run. */
  | {
      readonly kind: 'cache hit';
      readonly result: ResultSummary;
      readonly key: string;
      readonly from: RunOrigin;
    }
  /** The transaction it completed in did not. */
  | { readonly kind: 'rolled back'; readonly why: string }
  /** Another run has completed the same call: its state and its result are taken over. */
  | {
      readonly kind: 'reused';
      readonly state: S.State;
      readonly result: ResultSummary;
      readonly from: RunOrigin;
    };

/** What is to be done next. */
export type TaskEffect =
  | { readonly kind: 'attempt' }
  | { readonly kind: 'wait'; readonly until: number }
  /** Until its flow run is paused no longer. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'finish' };

/** What a task run in this state needs; recovery starts from here too. */
export function effectOf(record: TaskRunRecord): TaskEffect {
  if (S.isOver(record.state)) return { kind: 'finish' };
  if (record.state.type === 'PAUSED') return { kind: 'hold' };
  return record.nextAttemptAt === undefined
    ? { kind: 'attempt' }
    : { kind: 'wait', until: record.nextAttemptAt };
}

/**
 * Pure: the same record, input and instant give the same transition.
 * Invariant: a terminal state never changes, but for Completed to RolledBack. An input that does not fit the state changes nothing.
 */
export function transitionTask(
  record: TaskRunRecord,
  input: TaskInput,
  at: number,
): TaskTransition {
  if (!fits(record, input, at)) return { record, events: [] };
  switch (input.kind) {
    case 'no slot':
      return awaitSlot(record, input.waits);
    case 'attempt started':
      return startAttempt(record, input, at);
    case 'succeeded':
      return succeed(record, input, at);
    case 'failed':
      return fail(record, input, at);
    case 'lost':
      return lose(record, input, at);
    case 'retry due':
      return enter(withoutWait(record), S.retrying(), { kind: 'delay over' }, []);
    case 'held':
      return enter(withoutWait(record), S.held(), { kind: 'flow paused' }, []);
    case 'released':
      return enter(record, stateBeforeAttempt(record), { kind: 'flow resumed' }, []);
    case 'cancelled':
      return cancel(record, input.reason, at);
    case 'upstream failed':
      return blocked(record, input.taskRun, at);
    case 'cache hit':
      return takeCached(record, input, at);
    case 'rolled back':
      return rollBack(record, input.why);
    case 'reused':
      return reuse(record, input, at);
    default:
      return assertNever(input);
  }
}

function fits(record: TaskRunRecord, input: TaskInput, at: number): boolean {
  if (input.kind === 'rolled back') return isKept(record.state);
  if (S.isOver(record.state)) return false;
  const attemptIsOn = isOpen(record.attempts.at(-1));
  const isHeld = record.state.type === 'PAUSED';
  const due = record.nextAttemptAt;
  switch (input.kind) {
    case 'no slot':
      return !isHeld && record.state.type !== 'RUNNING' && (due === undefined || at >= due);
    case 'attempt started':
      return !attemptIsOn && !isHeld && due === undefined;
    case 'held':
      return !attemptIsOn && !isHeld && (due === undefined || at >= due);
    case 'released':
      return isHeld;
    case 'succeeded':
    case 'failed':
    case 'lost':
      return attemptIsOn;
    case 'retry due':
      return due !== undefined && at >= due;
    case 'cache hit':
      return !isHeld && record.attempts.length === 0;
    case 'cancelled':
    case 'upstream failed':
      return true;
    case 'reused':
      return !isHeld && record.attempts.length === 0 && input.state.type === 'COMPLETED';
    default:
      return assertNever(input);
  }
}

/** Completed here, and not undone: a cached result is another run's. */
const isKept = ({ type, name }: S.State): boolean =>
  type === 'COMPLETED' && name !== 'RolledBack' && name !== 'Cached';

/** The type stays: what was Pending is Pending, what waited for a retry is Scheduled. Its delay is over then. */
function awaitSlot(record: TaskRunRecord, waits: readonly SlotWait[]): TaskTransition {
  const type = record.state.type === 'SCHEDULED' ? 'SCHEDULED' : 'PENDING';
  const state = S.awaitingSlot(type);
  if (record.state.name === state.name) return { record, events: [] };
  return enter(withoutWait(record), state, { kind: 'no slot', waits }, []);
}

function startAttempt(
  record: TaskRunRecord,
  input: Extract<TaskInput, { kind: 'attempt started' }>,
  at: number,
): TaskTransition {
  const number = record.attempts.length + 1;
  const optional = {
    ...(input.fault ? { fault: input.fault } : {}),
    ...(input.resumesAt === undefined ? {} : { resumesAt: input.resumesAt }),
  };
  const attempt: AttemptRecord = { number, startedAt: at, state: S.running(), ...optional };
  const attempts = [...record.attempts, attempt];
  const started: TaskRunEvent = {
    kind: 'attempt.started',
    taskRunId: record.id,
    attempt: number,
    ...optional,
  };
  // Retrying and Recovering were entered when the attempt before ended.
  if (record.state.type === 'RUNNING')
    return { record: { ...record, attempts }, events: [started] };
  const state = number === 1 ? S.running() : S.retrying();
  return enter({ ...record, attempts }, state, { kind: 'worker ready', of: 'task' }, [started]);
}

function succeed(
  record: TaskRunRecord,
  input: Extract<TaskInput, { kind: 'succeeded' }>,
  at: number,
): TaskTransition {
  const state = S.completed(input.stateName, input.message);
  const ended = endAttempt(record, S.completed(), at);
  const next = { ...ended.record, result: input.result, endedAt: at };
  const reason: Reason = { kind: 'attempt returned', attempt: record.attempts.length };
  return enter(next, state, reason, ended.events, {
    result: input.result,
  });
}

/** As in Prefect it is Running for an instant, though no attempt is made. */
function takeCached(
  record: TaskRunRecord,
  { result, key, from }: Extract<TaskInput, { kind: 'cache hit' }>,
  at: number,
): TaskTransition {
  const running = enter(record, S.running(), { kind: 'worker ready', of: 'task' }, []);
  const next = { ...running.record, result, endedAt: at };
  const reason: Reason = { kind: 'cache hit', key, from };
  const cached = enter(next, S.completed('Cached'), reason, [], { result });
  return { record: cached.record, events: [...running.events, ...cached.events] };
}

function rollBack(record: TaskRunRecord, why: string): TaskTransition {
  return enter(record, S.completed('RolledBack'), { kind: 'rolled back', why }, []);
}

/** What a task run is in while nothing but a worker is missing for its next attempt. */
function stateBeforeAttempt({ attempts }: TaskRunRecord): S.State {
  const failure = attempts.at(-1)?.failure;
  if (!failure) return S.pending();
  return failure.kind === 'lost' ? S.recovering(describeFailure(failure)) : S.retrying();
}

function reuse(
  record: TaskRunRecord,
  { state, result, from }: Extract<TaskInput, { kind: 'reused' }>,
  at: number,
): TaskTransition {
  const reason: Reason = { kind: 'reused', from };
  return enter({ ...record, result, endedAt: at }, state, reason, [], { result });
}
