import type { ParameterSchema } from '#domain/parameters.ts';
import type { FlowOptions, TaskOptions } from '#domain/policies.ts';
import type { FlowHook, TaskHook } from '#domain/hooks.ts';
import type { State } from '#domain/states.ts';

import type { Hooks } from './hooks.ts';

/** An attempt that failed, as the author's functions see it. */
export interface FailedAttempt {
  readonly task: string;
  /** `extract-0` */
  readonly taskRun: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly state: State;
  /** Name and message of what was thrown; also for a timeout. */
  readonly error: Error;
}

/** Whether a failed attempt may be retried; throwing means no. */
export type RetryCondition = (failed: FailedAttempt) => boolean | Promise<boolean>;

/** A task as its module defined it; found by name when an attempt runs. */
export interface TaskDefinition {
  readonly name: string;
  readonly options: TaskOptions;
  readonly body: (...args: never[]) => unknown;
  readonly retryConditionFn?: RetryCondition;
  readonly taskRunName?: string | InputsFunction<string>;
  readonly cacheKeyFn?: InputsFunction<string | null | undefined>;
  readonly hooks: Hooks<TaskHook>;
}

/** Given the inputs of a task run by the names of its function's parameters, or the parameters of a flow run. */
export type InputsFunction<Result> = (
  inputs: Readonly<Record<string, unknown>>,
) => Result | Promise<Result>;

export interface FlowDefinition {
  readonly name: string;
  readonly options: FlowOptions;
  readonly parameters: ParameterSchema;
  readonly body: (parameters: never) => unknown;
  readonly flowRunName?: string | InputsFunction<string>;
  readonly hooks: Hooks<FlowHook>;
}

/** The tasks and flows of one loaded program. */
export class TaskBook {
  readonly #tasks: ReadonlyMap<string, TaskDefinition>;
  readonly #flows: ReadonlyMap<string, FlowDefinition>;

  constructor(
    tasks: ReadonlyMap<string, TaskDefinition>,
    flows: ReadonlyMap<string, FlowDefinition>,
  ) {
    this.#tasks = tasks;
    this.#flows = flows;
  }

  get flows(): readonly FlowDefinition[] {
    return [...this.#flows.values()];
  }

  /** @throws Error naming the flows there are */
  flow(name: string): FlowDefinition {
    const flow = this.#flows.get(name);
    if (flow) return flow;
    throw new Error(
      `There is no flow '${name}'. This source has ${[...this.#flows.keys()].join(', ')}.`,
    );
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

/** Where `task` and `flow` write while a program is loaded. Both stand at module top level, so it is open only then. */
class Definitions {
  #tasks: Map<string, TaskDefinition> | undefined;
  #flows = new Map<string, FlowDefinition>();

  open(): void {
    this.#tasks = new Map();
    this.#flows = new Map();
  }

  close(): TaskBook {
    const tasks = this.#tasks ?? new Map<string, TaskDefinition>();
    this.#tasks = undefined;
    return new TaskBook(tasks, this.#flows);
  }

  defineFlow(flow: FlowDefinition): void {
    if (!this.#tasks)
      throw new Error(
        `Flow '${flow.name}' is made while a flow runs. Make flows at the top of the module: a run of it loads the module again and finds its flow by name.`,
      );
    if (this.#flows.has(flow.name))
      throw new Error(`Two flows are named '${flow.name}'. Give one of them another name.`);
    this.#flows.set(flow.name, flow);
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
