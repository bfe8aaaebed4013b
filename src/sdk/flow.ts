import { resolveFlowPolicy, type FlowOptions } from '#domain/policies.ts';
import type { FlowDefinition, InputsFunction } from './definitions.ts';
import type { AnyField, ValuesOf } from './fields.ts';
import { flowHooks, type FlowHookOptions } from './hooks.ts';
import { checkedName } from './task.ts';

type NoFields = Readonly<Record<string, never>>;
type Fields = Readonly<Record<string, AnyField>>;

export type NamedFlowOptions<P extends Fields> = FlowOptions &
  FlowHookOptions & {
    readonly name: string;
    /** A text in which `{x}` stands for the parameter `x`, or a function of the parameters; settled once per run. */
    readonly flowRunName?: string | InputsFunction<string>;
    /** Checked, with defaults filled, before the body is entered. */
    readonly parameters?: P;
  };

/** The default export of a flow source. */
export interface Flow extends FlowDefinition {
  readonly isFlow: true;
}

/**
 * Makes a flow: the function that calls tasks. Export it as the module's default.
 *
 * `export default flow({ name: 'retrain', parameters: { threshold: number({ default: 0.9 }) } }, async ({ threshold }) => { ... })`
 */
export function flow<P extends Fields = NoFields>(
  nameOrOptions: string | NamedFlowOptions<P>,
  body: (parameters: ValuesOf<P>) => unknown,
): Flow {
  const options: NamedFlowOptions<P> =
    typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  const name = checkedName(options.name);
  if (typeof body !== 'function')
    throw new TypeError(`flow '${name}' needs a function as its second argument.`);
  const hooks = flowHooks(options, `flow '${name}'`);
  const plain = plainOptions(options);
  resolveFlowPolicy(plain);
  const { parameters = {}, flowRunName } = options;
  const named = flowRunName === undefined ? {} : { flowRunName };
  return { isFlow: true, name, options: plain, parameters, body, hooks, ...named };
}

/** What crosses to the engine: data only. */
function plainOptions<P extends Fields>(options: NamedFlowOptions<P>): FlowOptions {
  const { parameters: _, flowRunName: __, ...rest } = options;
  const { onRunning, onCompletion, onFailure, onCancellation, onCrashed, ...plain } = rest;
  return plain;
}

export function isFlow(value: unknown): value is Flow {
  return typeof value === 'object' && value !== null && 'isFlow' in value && value.isFlow === true;
}
