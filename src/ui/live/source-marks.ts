import type { TaskDescription } from '#domain/engine-api.ts';
import type { RunView, TaskRunView } from '#domain/run-view.ts';
import type { LineMark } from '#ui/layout/source-lines.ts';

/** Where the run is, in its own source. */
export function sourceMarks(
  tasks: readonly TaskDescription[],
  view: RunView | undefined,
): readonly LineMark[] {
  const newest = new Map(view?.taskRuns.map((taskRun) => [taskRun.taskName, taskRun]));
  return tasks.flatMap(({ name, lines }) => {
    const taskRun = newest.get(name);
    const tone = taskRun && toneOf(taskRun);
    return lines && tone ? [{ ...lines, tone }] : [];
  });
}

function toneOf({ state }: TaskRunView): LineMark['tone'] | undefined {
  if (state.name === 'AwaitingRetry') return 'waiting';
  if (state.type === 'RUNNING') return 'running';
  if (state.type === 'FAILED' || state.type === 'CRASHED') return 'failed';
  return undefined;
}
