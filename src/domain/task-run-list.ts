import type { TaskRunView } from './run-view.ts';

type TaskRuns = readonly TaskRunView[];
type Index = Map<string, number>;

/**
 * Where each task run stands, by id. Lists of one run only grow, so the index that was made for one serves every list that
 * came of it; a list that has not come as far, or came another way, has another id at the position, or none.
 */
const INDEXES = new WeakMap<TaskRuns, Index>();

function indexOf(taskRuns: TaskRuns): Index {
  const known = INDEXES.get(taskRuns);
  if (known) return known;
  const index = new Map(taskRuns.map(({ id }, position) => [id, position] as const));
  INDEXES.set(taskRuns, index);
  return index;
}

function positionOf(taskRuns: TaskRuns, index: Index, id: string): number {
  const position = index.get(id);
  if (position === undefined) return -1;
  if (taskRuns[position]?.id === id) return position;
  return taskRuns.findIndex((taskRun) => taskRun.id === id);
}

/** The task run of an id, without looking at all of them. */
export const taskRunById = (taskRuns: TaskRuns, id: string): TaskRunView | undefined =>
  taskRuns[positionOf(taskRuns, indexOf(taskRuns), id)];

/** The task runs of a run while a batch of events is folded in. The list that it begins with is left as it is. */
export class TaskRunList {
  readonly #index: Index;
  #all: TaskRuns;
  #copy: TaskRunView[] | undefined;

  constructor(taskRuns: TaskRuns) {
    this.#index = indexOf(taskRuns);
    this.#all = taskRuns;
  }

  /** Not to be changed any more by this list once it was asked for. */
  get all(): TaskRuns {
    return this.#all;
  }

  add(taskRun: TaskRunView): void {
    const copy = this.#copied();
    this.#index.set(taskRun.id, copy.length);
    copy.push(taskRun);
  }

  change(id: string, change: (taskRun: TaskRunView) => TaskRunView): void {
    const position = positionOf(this.#all, this.#index, id);
    const taskRun = this.#all[position];
    if (taskRun) this.#copied()[position] = change(taskRun);
  }

  /** Once for all changes. */
  #copied(): TaskRunView[] {
    if (this.#copy) return this.#copy;
    const copy = [...this.#all];
    INDEXES.set(copy, this.#index);
    this.#all = copy;
    return (this.#copy = copy);
  }
}
