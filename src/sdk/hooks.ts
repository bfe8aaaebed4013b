import {
  FLOW_HOOKS,
  TASK_HOOKS,
  type FlowHook,
  type HookNames,
  type TaskHook,
} from '#domain/hooks.ts';
import type { RunState } from './run-state.ts';

/** The run that a hook is told of. */
export interface HookedRun {
  /** `extract-0`, or the name of the flow run. */
  readonly name: string;
  /** Name of the task, or of the flow. */
  readonly of: string;
  readonly state: RunState;
  /** Present when it failed. */
  readonly error?: Error;
}

/** Told when a run enters a state; what it throws is logged and changes nothing. May run twice after a crash. */
export type Hook = (run: HookedRun) => unknown;

type HookOptions<Name extends string> = { readonly [H in Name]?: Hook | readonly Hook[] };

/** Functions to call when a task run enters a state. */
export type TaskHookOptions = HookOptions<TaskHook>;
export type FlowHookOptions = HookOptions<FlowHook>;

/** The hooks that were given, by when they run. */
export type Hooks<Name extends string> = { readonly [H in Name]?: readonly Hook[] };

export const taskHooks = (options: TaskHookOptions, what: string): Hooks<TaskHook> =>
  hooksIn(TASK_HOOKS, options, what);
export const flowHooks = (options: FlowHookOptions, what: string): Hooks<FlowHook> =>
  hooksIn(FLOW_HOOKS, options, what);

/** @throws TypeError naming the option that is no function */
function hooksIn<Name extends string>(
  names: readonly Name[],
  options: HookOptions<Name>,
  what: string,
): Hooks<Name> {
  const given = names.flatMap((name) => {
    const hooks = [options[name] ?? []].flat() as readonly unknown[];
    if (hooks.some((hook) => typeof hook !== 'function'))
      throw new TypeError(`${what}: ${name} must be a function, or a list of functions.`);
    return hooks.length === 0 ? [] : [[name, hooks] as const];
  });
  return Object.fromEntries(given) as Hooks<Name>;
}

/** What the engine knows of them. */
export function hookNames<Name extends string>(hooks: Hooks<Name>): HookNames<Name> {
  const entries = Object.entries<readonly Hook[] | undefined>(hooks);
  const named = entries.map(([when, list = []]) => [
    when,
    list.map((hook, i) => (hook.name && hook.name !== when ? hook.name : `${when} ${i + 1}`)),
  ]);
  return Object.fromEntries(named) as HookNames<Name>;
}

/** The other options: what crosses to the engine is data only. */
export function withoutHooks<Options extends object, Name extends string>(
  names: readonly Name[],
  options: Options,
): Omit<Options, Name> {
  const others = Object.entries(options).filter(([name]) => !names.includes(name as Name));
  return Object.fromEntries(others) as Omit<Options, Name>;
}
