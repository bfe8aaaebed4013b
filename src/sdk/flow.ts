import { FLOW_HOOKS } from '#domain/hooks.ts';
import { resolveFlowPolicy, type FlowOptions } from '#domain/policies.ts';
import { definitions, type FlowDefinition, type InputsFunction } from './definitions.ts';
import type { AnyField, GivenValues, ValuesOf } from './fields.ts';
import type { TaskFuture } from './future.ts';
import { flowHooks, withoutHooks, type FlowHookOptions } from './hooks.ts';
import type { RunState } from './run-state.ts';
import { served, type FlowCalls } from './scope.ts';
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

/** Nothing has to be given where every parameter has a default. */
type FlowArguments<P extends Fields> = string extends keyof P
  ? [parameters?: NoFields]
  : Partial<GivenValues<P>> extends GivenValues<P>
    ? [parameters?: GivenValues<P>]
    : [parameters: GivenValues<P>];

type GivenParameters = Readonly<Record<string, unknown>> | undefined;

type Stateful = RunState | TaskFuture<unknown>;
/** One state or future gives its result; a list of them decides the state and gives nothing. */
type FlowResult<R> =
  R extends RunState<infer T> ? T : R extends readonly Stateful[] ? undefined : R;

/** A flow as author code has it. Called from the body of another flow it is a subflow: a flow run of its own. */
export interface Flow<
  Args extends readonly unknown[] = never[],
  Result = unknown,
> extends FlowDefinition {
  /** Runs it and gives its result. @throws what the flow run failed with; ParameterTypeError for bad parameters */
  (...args: Args): Promise<Result>;
  /** Starts it and goes on; await the future, or pass it to a task. */
  submit(...args: Args): TaskFuture<Result>;
  /** Runs it and gives its state instead of its result; a failure is not thrown. */
  returnState(...args: Args): Promise<RunState<Result>>;
  readonly isFlow: true;
}

/**
 * Makes a flow: the function that calls tasks and other flows. Export it as the module's default to make it the entry.
 * Stands at the top level of its module.
 *
 * `export default flow({ name: 'retrain', parameters: { threshold: number({ default: 0.9 }) } }, async ({ threshold }) => { ... })`
 * @throws Error when the name is missing or taken, an option makes no sense, or a flow is already running
 */
export function flow<P extends Fields = NoFields, Result = unknown>(
  nameOrOptions: string | NamedFlowOptions<P>,
  body: (parameters: ValuesOf<P>) => Result,
): Flow<FlowArguments<P>, FlowResult<Awaited<Result>>> {
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
  const definition = { name, options: plain, parameters, body, hooks, ...named };
  definitions.defineFlow(definition);
  return callable(definition);
}

/** What crosses to the engine: data only. */
function plainOptions<P extends Fields>(options: NamedFlowOptions<P>): FlowOptions {
  const { parameters: _, flowRunName: __, ...rest } = options;
  return withoutHooks(FLOW_HOOKS, rest);
}

function callable<Args extends readonly unknown[], Result>(
  definition: FlowDefinition,
): Flow<Args, Result> {
  const { name, ...rest } = definition;
  const submit = (...[parameters]: Args) =>
    flowCalls(name).submitFlow(name, parameters as GivenParameters) as TaskFuture<Result>;
  const returnState = async (...args: Args) => submit(...args).state;
  const call = async (...args: Args) => (await returnState(...args)).result();
  // A function's own name cannot be assigned, only defined.
  Object.defineProperty(call, 'name', { value: name });
  return Object.assign(call, { ...rest, isFlow: true as const, submit, returnState });
}

function flowCalls(name: string): FlowCalls {
  const current = served();
  if (!current)
    throw new Error(
      `Flow '${name}' was called outside a flow. Call it from the body of another flow.`,
    );
  if (current.flow) return current.flow;
  throw new Error(
    `Task '${current.host.context.task?.name}' called flow '${name}'. A task cannot call a flow: call both from a flow body and pass the result on.`,
  );
}

export function isFlow(value: unknown): value is Flow {
  return typeof value === 'function' && 'isFlow' in value && value.isFlow === true;
}
