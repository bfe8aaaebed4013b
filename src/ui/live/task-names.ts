import type { RunView } from '#domain/run-view.ts';

/** Which task each task run is of, for the filter of the logs. */
export interface TaskNames {
  readonly run: string;
  /** Grows with the run, and stays the same object: whoever filters by it need not begin again. */
  readonly byId: Record<string, string>;
  /** In order of their first task run. */
  readonly tasks: readonly string[];
  readonly known: number;
}

/** Looks only at the task runs that were not there the last time. */
export function taskNames(before: TaskNames | undefined, view: RunView | undefined): TaskNames {
  const run = view?.created.flowRunId ?? '';
  const kept = before?.run === run ? before : { run, byId: {}, tasks: [], known: 0 };
  const { taskRuns } = view ?? { taskRuns: [] };
  if (taskRuns.length <= kept.known) return kept;
  const tasks = new Set(kept.tasks);
  for (const { id, taskName } of taskRuns.slice(kept.known)) {
    kept.byId[id] = taskName;
    tasks.add(taskName);
  }
  return {
    ...kept,
    tasks: tasks.size === kept.tasks.length ? kept.tasks : [...tasks],
    known: taskRuns.length,
  };
}
