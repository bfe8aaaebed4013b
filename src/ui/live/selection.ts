import type { AttemptView, RunView, TaskRunView } from '#domain/run-view.ts';
import type { ScenarioView } from '#domain/scenario.ts';
import { taskRunById } from '#domain/task-run-list.ts';
import type { Selection } from '#ui/layout/timeline.ts';

export interface SelectedAttempt {
  readonly taskRun: TaskRunView;
  readonly attempt: AttemptView;
}

/** Undefined while the run has no such attempt (yet). */
export function selectedAttempt(
  view: RunView | undefined,
  selection: Selection | undefined,
): SelectedAttempt | undefined {
  const taskRun = picked(view, selection);
  const attempt = taskRun?.attempts.find(({ number }) => number === selection?.attempt);
  return taskRun && attempt && { taskRun, attempt };
}

/** The last attempt of a task: what a click on its node opens. */
export function attemptOfTask(view: RunView | undefined, task: string): Selection | undefined {
  const taskRun = view?.taskRuns.findLast(({ taskName }) => taskName === task);
  return taskRun && { taskRunId: taskRun.id, attempt: Math.max(1, taskRun.attempts.length) };
}

export const taskOfSelection = (
  view: RunView | undefined,
  selection: Selection | undefined,
): string | undefined => picked(view, selection)?.taskName;

/** What a link looks at; undefined until the run has such an attempt. */
export function selectionOfScenario(
  view: RunView | undefined,
  seen: ScenarioView | undefined,
): Selection | undefined {
  const last = seen?.task === undefined ? undefined : attemptOfTask(view, seen.task);
  const selection = last && { ...last, attempt: seen?.attempt ?? last.attempt };
  return selectedAttempt(view, selection) && selection;
}

/** An address names task runs (`extract-0`), not ids; of several flow attempts the last is meant. */
export function selectionFromAddress(
  view: RunView | undefined,
  address: { readonly taskRun: string; readonly attempt: number } | undefined,
): Selection | undefined {
  const taskRun = address && view?.taskRuns.findLast(({ name }) => name === address.taskRun);
  return taskRun && { taskRunId: taskRun.id, attempt: address.attempt };
}

export function addressOfSelection(view: RunView | undefined, selection: Selection | undefined) {
  const taskRun = picked(view, selection);
  return taskRun && selection && { taskRun: taskRun.name, attempt: selection.attempt };
}

const picked = (
  view: RunView | undefined,
  selection: Selection | undefined,
): TaskRunView | undefined => view && selection && taskRunById(view.taskRuns, selection.taskRunId);
