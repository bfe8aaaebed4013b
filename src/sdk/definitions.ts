import type { ParameterSchema } from '#domain/parameters.ts';
import type { FlowOptions, TaskOptions } from '#domain/policies.ts';

/** A task as its module defined it; found by name when an attempt runs. */
export interface TaskDefinition {
  readonly name: string;
  readonly options: TaskOptions;
  readonly body: (...args: never[]) => unknown;
}

export interface FlowDefinition {
  readonly name: string;
  readonly options: FlowOptions;
  readonly parameters: ParameterSchema;
  readonly body: (parameters: never) => unknown;
}

/** The tasks of one loaded program. */
export class TaskBook {
  readonly #tasks: ReadonlyMap<string, TaskDefinition>;

  constructor(tasks: ReadonlyMap<string, TaskDefinition>) {
    this.#tasks = tasks;
  }

  get tasks(): readonly TaskDefinition[] {
    return [...this.#tasks.values()];
  }

  /** @throws Error naming the tasks there are */
  task(name: string): TaskDefinition {
    const task = this.#tasks.get(name);
    if (task) return task;
    throw new Error(
      `There is no task '${name}'. This source has ${[...this.#tasks.keys()].join(', ')}.`,
    );
  }
}

/** Where `task` writes while a program is loaded. Tasks stand at module top level, so it is open only then. */
class Definitions {
  #tasks: Map<string, TaskDefinition> | undefined;

  open(): void {
    this.#tasks = new Map();
  }

  close(): TaskBook {
    const tasks = this.#tasks ?? new Map<string, TaskDefinition>();
    this.#tasks = undefined;
    return new TaskBook(tasks);
  }

  define(task: TaskDefinition): void {
    if (!this.#tasks)
      throw new Error(
        `Task '${task.name}' is made while a flow runs. Make tasks at the top of the module: an attempt loads the module again and finds its task by name.`,
      );
    if (this.#tasks.has(task.name))
      throw new Error(`Two tasks are named '${task.name}'. Give one of them another name.`);
    this.#tasks.set(task.name, task);
  }
}

export const definitions = new Definitions();
