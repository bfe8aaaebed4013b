import { assertNever } from './assert-never.ts';
import type { TaskRunEvent } from './events.ts';
import type { AttemptView, TaskRunView, WaitView } from './run-view.ts';
import { isOver } from './states.ts';

/** One that was just created. */
export function newTaskRun(
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
  {
    kind:
      | 'task-run.state'
      | 'attempt.started'
      | 'attempt.ended'
      | 'checkpoint.saved'
      | 'task-run.named'
      | 'cache.missed';
  }
>;

/** What an event about a task run makes of it. */
export function applyToTaskRun(taskRun: TaskRunView, body: AttemptEvent, at: number): TaskRunView {
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
    case 'task-run.named':
      return { ...taskRun, name: body.name };
    case 'cache.missed':
      return { ...taskRun, cacheMiss: body.miss };
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
    ...(isOver(state) && taskRun.endedAt === undefined ? { endedAt: at } : {}),
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
