import { assertNever } from '#domain/assert-never.ts';
import type { FlowRunEvent, NightshiftEvent, TaskRunEvent } from '#domain/events.ts';
import type { TaskRunId } from '#domain/ids.ts';
import type { AttemptView, RunView, TaskRunView, WaitView } from '#domain/run-view.ts';
import { isOver, isTerminal } from '#domain/states.ts';

/** The model of the fold: event by event, the list of task runs copied for each of them. */
export function naiveFold(view: RunView | undefined, event: NightshiftEvent): RunView | undefined {
  const { body } = event;
  if (body.kind === 'flow-run.created') return view ?? begin(event, body);
  if (!view || event.seq <= view.lastSeq) return view;
  const next = apply(view, event);
  return { ...next, lastSeq: event.seq, lastAt: event.at };
}

function begin(
  event: NightshiftEvent,
  body: Extract<FlowRunEvent, { kind: 'flow-run.created' }>,
): RunView {
  const state = { ...body.state, at: event.at, reason: { kind: 'run created' } as const };
  return {
    created: body,
    state,
    states: [state],
    createdAt: event.at,
    taskRuns: [],
    subflows: [],
    artifacts: [],
    lastSeq: event.seq,
    lastAt: event.at,
  };
}

function apply(view: RunView, event: NightshiftEvent): RunView {
  const { body, at } = event;
  switch (body.kind) {
    case 'flow-run.state':
      return withFlowState(view, body, at);
    case 'task-run.created':
      return { ...view, taskRuns: [...view.taskRuns, newTaskRun(body, at)] };
    case 'task-run.state':
    case 'attempt.started':
    case 'attempt.ended':
    case 'checkpoint.saved':
      return withTaskRun(view, body.taskRunId, (taskRun) => applyToTaskRun(taskRun, body, at));
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

function withTaskRun(
  view: RunView,
  id: TaskRunId,
  change: (taskRun: TaskRunView) => TaskRunView,
): RunView {
  const taskRuns = view.taskRuns.map((taskRun) => (taskRun.id === id ? change(taskRun) : taskRun));
  return { ...view, taskRuns };
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
