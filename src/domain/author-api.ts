import type { FlowHook, TaskHook } from './hooks.ts';
import type { Failure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { ContentHash } from './ids.ts';
import type { Parameters, ParameterSchema } from './parameters.ts';
import type { FlowFunctions, FlowOptions, TaskFunctions, TaskOptions } from './policies.ts';
import type { TaskInputName } from './ports.ts';
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
  /**
   * Makes it a helper of the author worker at the other end of the port, which gives it work directly: the same program,
   * the same trust. @returns whether anything in the program helps
   */
  assist(port: MessagePort): Promise<boolean>;
}

export type LoadReply =
  | {
      readonly ok: true;
      /** The entry: what a run runs. */
      readonly flow: LoadedFlow;
      /** Every flow of the program by name, the entry included. */
      readonly flows: readonly LoadedFlow[];
      readonly tasks: readonly LoadedTask[];
    }
  | { readonly ok: false; readonly failure: Failure };

export interface LoadedFlow {
  readonly name: string;
  readonly options: FlowOptions;
  readonly parameters: ParameterSchema;
  readonly functions: FlowFunctions;
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
  /** Name of the flow whose body is entered. */
  readonly flow: string;
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

/** What the engine answers to a call of a task or a flow; a failure is data here, the author's side throws it where it is due. */
export interface CallResult {
  /** `extract-0`; of a subflow its name, counted alike. */
  readonly taskRun: string;
  readonly state: State;
  readonly bytes?: ArrayBuffer;
  readonly failure?: Failure;
}

/** A call of a function that the author gave to a task, or to the flow. */
export interface CallbackCall extends CallContext {
  readonly flow: string;
  /** Absent for a function of the flow. */
  readonly task?: {
    readonly taskRunId: string;
    readonly taskRunName: string;
    readonly task: string;
    /** The attempt that is on or just ended; 0 before the first. */
    readonly attempt: number;
  };
  readonly question: CallbackQuestion;
}

export type CallbackQuestion =
  /** How the attempt ended that may be retried. */
  | { readonly ask: 'retryConditionFn'; readonly state: State; readonly failure: Failure }
  | ({ readonly ask: 'taskRunName' } & GivenInputs)
  | ({ readonly ask: 'cacheKey'; readonly asksKey: boolean } & GivenInputs)
  | { readonly ask: 'flowRunName' }
  | {
      readonly ask: 'hook';
      readonly hook: TaskHook | FlowHook;
      /** Which of several. */
      readonly index: number;
      readonly state: State;
      readonly failure?: Failure;
    };

interface GivenInputs {
  readonly inputs: readonly TaskInputName[];
  /** Encoded list of arguments. */
  readonly arguments: ArrayBuffer;
  readonly upstream: readonly UpstreamOutcome[];
}

/** Yes or no; a name or a key (null: no key); the encoded inputs by name; nothing. */
export type CallbackAnswer =
  boolean | string | null | { readonly inputs: Readonly<Record<string, ArrayBuffer>> };

export type CallbackReply =
  | { readonly ok: true; readonly answer: CallbackAnswer }
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
