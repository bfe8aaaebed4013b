import { assertNever } from './assert-never.ts';
import type { NightshiftEvent, FlowRunEvent, ResultSummary, TaskRunEvent } from './events.ts';
import type { Failure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { Verdict } from './gate.ts';
import type { TaskRunId } from './ids.ts';
import type { TaskPolicy } from './policies.ts';
import type { RetryDecision } from './retry.ts';
import { isOver, isTerminal, type StateEntry } from './states.ts';
import { TaskRunList } from './task-run-list.ts';

/** A run as the screens see it: the fold of its events up to the playhead. */
export interface RunView {
  readonly created: Extract<FlowRunEvent, { kind: 'flow-run.created' }>;
  readonly state: ReasonedState;
  readonly states: readonly ReasonedState[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly failure?: Failure;
  /** In order of creation. */
  readonly taskRuns: readonly TaskRunView[];
  readonly verdict?: {
    readonly taskRunId: TaskRunId;
    readonly verdict: Verdict;
    readonly at: number;
  };
  readonly model?: { readonly name: string; readonly version: number; readonly bytes: number };
  readonly lastSeq: number;
  readonly lastAt: number;
}

export interface ReasonedState extends StateEntry {
  readonly reason: string;
}

export interface TaskRunView {
  readonly id: TaskRunId;
  readonly taskName: string;
  /** `extract-0` */
  readonly name: string;
  readonly flowAttempt: number;
  readonly dependsOn: readonly TaskRunId[];
  readonly policy: TaskPolicy;
  readonly state: ReasonedState;
  readonly states: readonly ReasonedState[];
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly attempts: readonly AttemptView[];
  readonly waits: readonly WaitView[];
  readonly failure?: Failure;
  readonly result?: ResultSummary;
  readonly checkpoints: readonly { readonly at: number; readonly progress: number }[];
}

export interface AttemptView {
  /** Counted from 1. */
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly state: StateEntry;
  readonly failure?: Failure;
  readonly fault?: Fault;
  readonly resumesAt?: number;
}

/** The gap between a failed attempt and the next. */
export interface WaitView {
  readonly afterAttempt: number;
  readonly from: number;
  /** When the next attempt is due. */
  readonly until: number;
  /** Absent while waiting. */
  readonly endedAt?: number;
  readonly retry: RetryDecision;
}

/** Folds one event in; unknown kinds and events already folded change nothing. */
export function foldRun(view: RunView | undefined, event: NightshiftEvent): RunView | undefined {
  return foldRunBatch(view, [event]);
}

export function foldRunEvents(events: readonly NightshiftEvent[]): RunView | undefined {
  return foldRunBatch(undefined, events);
}

/** Folds events in order, as one by one would; the list of task runs is copied once for all of them. */
export function foldRunBatch(
  view: RunView | undefined,
  events: readonly NightshiftEvent[],
): RunView | undefined {
  let next = view;
  let taskRuns: TaskRunList | undefined;
  for (const event of events) {
    const { body } = event;
    if (!next) {
      if (body.kind === 'flow-run.created') next = begin(event, body);
    } else if (body.kind !== 'flow-run.created' && event.seq > next.lastSeq) {
      taskRuns ??= new TaskRunList(next.taskRuns);
      next = { ...apply(next, taskRuns, event), lastSeq: event.seq, lastAt: event.at };
    }
  }
  return next && taskRuns ? { ...next, taskRuns: taskRuns.all } : next;
}

function begin(
  event: NightshiftEvent,
  body: Extract<FlowRunEvent, { kind: 'flow-run.created' }>,
): RunView {
  const state = { ...body.state, at: event.at, reason: 'the run was created' };
  return {
    created: body,
    state,
    states: [state],
    createdAt: event.at,
    taskRuns: [],
    lastSeq: event.seq,
    lastAt: event.at,
  };
}

/** Everything but the task runs, which change in the list. */
function apply(view: RunView, taskRuns: TaskRunList, event: NightshiftEvent): RunView {
  const { body, at } = event;
  switch (body.kind) {
    case 'flow-run.state':
      return withFlowState(view, body, at);
    case 'task-run.created':
      taskRuns.add(newTaskRun(body, at));
      return view;
    case 'task-run.state':
    case 'attempt.started':
    case 'attempt.ended':
    case 'checkpoint.saved':
      taskRuns.change(body.taskRunId, (taskRun) => applyToTaskRun(taskRun, body, at));
      return view;
    case 'verdict.decided':
      return { ...view, verdict: { taskRunId: body.taskRunId, verdict: body.verdict, at } };
    case 'model.saved':
      return { ...view, model: { name: body.model, version: body.version, bytes: body.bytes } };
    default:
      return view;
  }
}

function withFlowState(
  view: RunView,
  body: Extract<FlowRunEvent, { kind: 'flow-run.state' }>,
  at: number,
): RunView {
  const state = { ...body.state, at, reason: body.reason };
  return {
    ...view,
    state,
    states: [...view.states, state],
    ...(view.startedAt === undefined && state.type === 'RUNNING' ? { startedAt: at } : {}),
    ...(isTerminal(state) || body.ended ? { endedAt: at } : {}),
    ...(body.failure ? { failure: body.failure } : {}),
  };
}

function newTaskRun(
  body: Extract<TaskRunEvent, { kind: 'task-run.created' }>,
  at: number,
): TaskRunView {
  const state = { ...body.state, at, reason: body.reason };
  return {
    id: body.taskRunId,
    taskName: body.taskName,
    name: body.name,
    flowAttempt: body.flowAttempt,
    dependsOn: body.dependsOn,
    policy: body.policy,
    state,
    states: [state],
    createdAt: at,
    attempts: [],
    waits: [],
    checkpoints: [],
  };
}

type AttemptEvent = Extract<
  TaskRunEvent,
  { kind: 'task-run.state' | 'attempt.started' | 'attempt.ended' | 'checkpoint.saved' }
>;

function applyToTaskRun(taskRun: TaskRunView, body: AttemptEvent, at: number): TaskRunView {
  switch (body.kind) {
    case 'task-run.state':
      return withTaskState(taskRun, body, at);
    case 'attempt.started':
      return startAttempt(taskRun, body, at);
    case 'attempt.ended':
      return endAttempt(taskRun, body, at);
    case 'checkpoint.saved':
      return {
        ...taskRun,
        checkpoints: [...taskRun.checkpoints, { at, progress: body.progress }],
      };
    default:
      return assertNever(body);
  }
}

function withTaskState(
  taskRun: TaskRunView,
  body: Extract<TaskRunEvent, { kind: 'task-run.state' }>,
  at: number,
): TaskRunView {
  const state = { ...body.state, at, reason: body.reason };
  const { retry } = body;
  const wait = retry && retry.delayMs > 0 && state.name === 'AwaitingRetry';
  return {
    ...taskRun,
    state,
    states: [...taskRun.states, state],
    waits: wait
      ? [
          ...taskRun.waits,
          { afterAttempt: body.attempt, from: at, until: at + retry.delayMs, retry },
        ]
      : closeWait(taskRun.waits, at),
    ...(isOver(state) ? { endedAt: at } : {}),
    ...(body.failure ? { failure: body.failure } : {}),
    ...(body.result ? { result: body.result } : {}),
  };
}

function startAttempt(
  taskRun: TaskRunView,
  body: Extract<TaskRunEvent, { kind: 'attempt.started' }>,
  at: number,
): TaskRunView {
  const attempt: AttemptView = {
    number: body.attempt,
    startedAt: at,
    state: { type: 'RUNNING', name: 'Running', at },
    ...(body.fault ? { fault: body.fault } : {}),
    ...(body.resumesAt === undefined ? {} : { resumesAt: body.resumesAt }),
  };
  return {
    ...taskRun,
    attempts: [...taskRun.attempts, attempt],
    waits: closeWait(taskRun.waits, at),
  };
}

function endAttempt(
  taskRun: TaskRunView,
  body: Extract<TaskRunEvent, { kind: 'attempt.ended' }>,
  at: number,
): TaskRunView {
  const end = (attempt: AttemptView): AttemptView => ({
    ...attempt,
    endedAt: at,
    state: { ...body.state, at },
    ...(body.failure ? { failure: body.failure } : {}),
  });
  const attempts = taskRun.attempts.map((attempt) =>
    attempt.number === body.attempt ? end(attempt) : attempt,
  );
  return { ...taskRun, attempts };
}

function closeWait(waits: readonly WaitView[], at: number): readonly WaitView[] {
  const last = waits.at(-1);
  if (!last || last.endedAt !== undefined) return waits;
  return [...waits.slice(0, -1), { ...last, endedAt: at }];
}
