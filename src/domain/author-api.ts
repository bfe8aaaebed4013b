import type { Failure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { ContentHash } from './ids.ts';
import type { Parameters, ParameterSchema } from './parameters.ts';
import type { FlowOptions, TaskFunctions, TaskOptions } from './policies.ts';
import type { State } from './states.ts';

/** A module ready to be linked: its text in pieces, with an import specifier's address to be put between two pieces. */
export interface LinkedModule {
  /** Shown in stack traces: `flow.ts`. */
  readonly name: string;
  /** One more than `imports`. */
  readonly parts: readonly string[];
  readonly imports: readonly string[];
}

/** A compiled flow source. */
export interface Program {
  readonly sourceHash: ContentHash;
  /** Specifier of the module whose default export is the flow. */
  readonly entry: string;
  readonly modules: Readonly<Record<string, LinkedModule>>;
}

/**
 * What the engine asks of an author worker over its `calls` port (Comlink; exposed on the author's side only).
 * Every reply is parsed before use: author code may have captured the port.
 */
export interface AuthorWorkerApi {
  load(program: Program): Promise<LoadReply>;
  runFlow(call: FlowCall): Promise<Outcome>;
  runTask(call: TaskCall): Promise<Outcome>;
  /** Calls a function that the author gave to a task. */
  callBack(call: CallbackCall): Promise<CallbackReply>;
}

export type LoadReply =
  | { readonly ok: true; readonly flow: LoadedFlow; readonly tasks: readonly LoadedTask[] }
  | { readonly ok: false; readonly failure: Failure };

export interface LoadedFlow {
  readonly name: string;
  readonly options: FlowOptions;
  readonly parameters: ParameterSchema;
}

export interface LoadedTask {
  readonly name: string;
  readonly options: TaskOptions;
  readonly functions: TaskFunctions;
}

interface CallContext {
  readonly flowRunId: string;
  readonly flowRunName: string;
  readonly parameters: Parameters;
  readonly seed: number;
  readonly logPrints: boolean;
  /** The instant the flow run was meant for, when it was not to start at once. */
  readonly scheduledFor?: number;
}

export interface FlowCall extends CallContext {
  readonly flowAttempt: number;
  /** `Date.now()` in a flow body is the instant of the last message it received; this is the first. */
  readonly startedAt: number;
}

export interface TaskCall extends CallContext {
  readonly taskRunId: string;
  readonly taskRunName: string;
  readonly task: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly fault?: Fault;
  /** Encoded list of arguments. */
  readonly arguments: ArrayBuffer;
  /** Outcomes of the calls whose futures stand among the arguments. */
  readonly upstream: readonly UpstreamOutcome[];
}

export interface UpstreamOutcome {
  readonly call: number;
  readonly value?: ArrayBuffer;
  readonly failure?: Failure;
}

/** What the engine answers to a task call; a failure is data here, the author's side throws it where it is due. */
export interface CallResult {
  /** `extract-0` */
  readonly taskRun: string;
  readonly state: State;
  readonly bytes?: ArrayBuffer;
  readonly failure?: Failure;
}

export interface CallbackCall extends CallContext {
  readonly callback: 'retryConditionFn';
  readonly taskRunId: string;
  readonly taskRunName: string;
  readonly task: string;
  /** The attempt that just ended. */
  readonly attempt: number;
  /** How it ended. */
  readonly state: State;
  readonly failure: Failure;
}

export type CallbackReply =
  | { readonly ok: true; readonly answer: boolean }
  | { readonly ok: false; readonly failure: Failure };

export type Outcome =
  | {
      readonly ok: true;
      readonly value: ArrayBuffer;
      /** A few words for people about the value. */
      readonly label: string;
      /** A hand-made state that the body returned. */
      readonly state?: State;
    }
  | { readonly ok: false; readonly failure: Failure };
