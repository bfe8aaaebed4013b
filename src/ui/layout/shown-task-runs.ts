import type { RunView, TaskRunView } from '#domain/run-view.ts';
import { count, plural } from './numbers.ts';

/** So many are drawn or listed one by one; more than a person reads, and few enough for any device. */
export const MOST_TASK_RUNS = 50;

export interface ShownTaskRuns {
  /** In order of creation. */
  readonly taskRuns: readonly TaskRunView[];
  /** `9,900 more of noop, 3 more of sum`; empty when none is left out. */
  readonly more: string;
}

/** Of a large run those that tell most: the first of each task, what is picked, what runs, waits or went wrong, then the oldest. */
export function shownTaskRuns(
  view: RunView,
  picked?: { readonly taskRunId: string },
): ShownTaskRuns {
  const { taskRuns } = view;
  if (taskRuns.length <= MOST_TASK_RUNS) return { taskRuns, more: '' };
  const shown = new Set(firsts(taskRuns).slice(0, MOST_TASK_RUNS));
  const fill = (isWanted: (taskRun: TaskRunView) => boolean): void => {
    for (const taskRun of taskRuns) {
      if (shown.size >= MOST_TASK_RUNS) return;
      if (isWanted(taskRun)) shown.add(taskRun);
    }
  };
  if (picked) fill(({ id }) => id === picked.taskRunId);
  fill(isTelling);
  fill(() => true);
  return { taskRuns: taskRuns.filter((one) => shown.has(one)), more: moreOf(taskRuns, shown) };
}

const isTelling = ({ state }: TaskRunView): boolean =>
  state.type !== 'COMPLETED' && state.type !== 'PENDING' && state.type !== 'CANCELLED';

function firsts(taskRuns: readonly TaskRunView[]): readonly TaskRunView[] {
  const first = new Map<string, TaskRunView>();
  for (const taskRun of taskRuns)
    if (!first.has(taskRun.taskName)) first.set(taskRun.taskName, taskRun);
  return [...first.values()];
}

const TOLD_TASKS = 3;

function moreOf(taskRuns: readonly TaskRunView[], shown: ReadonlySet<TaskRunView>): string {
  const hidden = new Map<string, number>();
  for (const taskRun of taskRuns)
    if (!shown.has(taskRun)) hidden.set(taskRun.taskName, (hidden.get(taskRun.taskName) ?? 0) + 1);
  const told = [...hidden].slice(0, TOLD_TASKS).map(([name, n]) => `${count(n)} more of ${name}`);
  const others = hidden.size - told.length;
  return [...told, ...(others > 0 ? [`those of ${plural(others, 'other task')}`] : [])].join(', ');
}
