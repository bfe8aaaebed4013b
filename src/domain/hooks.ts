import type { State } from './states.ts';

/** When a hook of a task runs. */
export const TASK_HOOKS = [
  'onRunning',
  'onCompletion',
  'onFailure',
  'onRollback',
  'onCommit',
] as const;
/** When a hook of a flow runs. */
export const FLOW_HOOKS = [
  'onRunning',
  'onCompletion',
  'onFailure',
  'onCancellation',
  'onCrashed',
] as const;

export type TaskHook = (typeof TASK_HOOKS)[number];
export type FlowHook = (typeof FLOW_HOOKS)[number];

/** Names of the author's functions, in the order they were given; absent where there is none. */
export type HookNames<Hook extends string> = { readonly [H in Hook]?: readonly string[] };

/** The hook of a task that is due in a state. */
export function taskHookOf(state: State): TaskHook | undefined {
  if (state.name === 'RolledBack') return 'onRollback';
  if (state.type === 'COMPLETED') return 'onCompletion';
  return state.type === 'FAILED' ? 'onFailure' : undefined;
}

/** The hook of a flow that is due in a state. */
export function flowHookOf(state: State): FlowHook | undefined {
  switch (state.type) {
    case 'COMPLETED':
      return 'onCompletion';
    case 'FAILED':
      return 'onFailure';
    case 'CANCELLED':
      return 'onCancellation';
    case 'CRASHED':
      return 'onCrashed';
    default:
      return undefined;
  }
}
