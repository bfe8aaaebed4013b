import type { FlowRunEvent, NightshiftEvent } from '#domain/events.ts';
import type { TaskRunId } from '#domain/ids.ts';
import type { RunView, TaskRunView } from '#domain/run-view.ts';
import { isTerminal } from '#domain/states.ts';
import { applyToTaskRun, newTaskRun } from '#domain/task-run-fold.ts';

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

function withTaskRun(
  view: RunView,
  id: TaskRunId,
  change: (taskRun: TaskRunView) => TaskRunView,
): RunView {
  const taskRuns = view.taskRuns.map((taskRun) => (taskRun.id === id ? change(taskRun) : taskRun));
  return { ...view, taskRuns };
}
