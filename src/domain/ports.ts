import type {
  CallbackCall,
  CallbackReply,
  FlowCall,
  LoadReply,
  Outcome,
  Program,
  TaskCall,
} from './author-api.ts';
import type { ModelFileAbout } from './models.ts';
import type { FeedMessage, Problem } from './engine-api.ts';
import type { Failure, LossCause } from './failures.ts';
import type { HostRequest } from './host-api.ts';
import type { ContentHash } from './ids.ts';
import type { SourceFile } from './records.ts';

/** Logical time: retry delays, timeouts, ticks. Tests step it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once at or after the instant; the result cancels it. */
  at(instant: number, callback: () => void): () => void;
}

/** Identity and chance of the engine; a scripted one makes event logs byte-identical. */
export interface Entropy {
  /** 12 letters and digits, unique. */
  token(): string;
  /** 0 (inclusive) to 1. */
  random(): number;
}

export interface Hasher {
  hash(bytes: ArrayBuffer): Promise<ContentHash>;
}

export interface Compiler {
  /** Pure: the same files give the same program. */
  compile(files: readonly SourceFile[]): Promise<CompileResult>;
}

export type CompileResult =
  | {
      readonly ok: true;
      readonly program: Program;
      /** Where tasks are defined in the entry file, by task name; lines counted from 1. */
      readonly taskLines: Readonly<
        Record<string, { readonly first: number; readonly last: number }>
      >;
      readonly taskSources: TaskSources;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the text of a flow says of its tasks, by their names. */
export type TaskSources = Readonly<Record<string, TaskSource>>;

export interface TaskSource {
  /** In the order of the arguments. */
  readonly inputs: readonly TaskInputName[];
  /** Over the compiled text of the task and of the files it imports: `TASK_SOURCE` of a cache key. */
  readonly hash: ContentHash;
}

export interface TaskInputName {
  /** `argument 2` for one that is destructured. */
  readonly name: string;
  /** Where the text gives a plain one. */
  readonly default?: string | number | boolean | null;
  /** Takes all arguments from its place on. */
  readonly rest?: true;
}

/** Answers what the author worker asks. A refusal is a thrown Error; it reaches the author code as one. */
export type HostHandler = (request: HostRequest) => Promise<HostAnswer>;
export type HostAnswer = (
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: Failure }
) & {
  /** The instant the answer is from, when a journal gives it; else now. */
  readonly at?: number;
};

/** Author workers, real or in process. Whoever opens one terminates it. */
export interface AuthorWorkers {
  /** Starts a worker (or takes the warm one) and loads the program into it. */
  open(program: Program): Promise<OpenedWorker>;
}

export type OpenedWorker =
  | { readonly ok: true; readonly worker: AuthorWorker; readonly loaded: Loaded }
  | { readonly ok: false; readonly failure: Failure };

export type Loaded = Extract<LoadReply, { readonly ok: true }>;

export interface AuthorWorker {
  /** False once it was terminated: every call would settle as lost. */
  readonly isAlive: boolean;
  /** Settles as lost when the worker dies first: never stays pending. `host` answers until then. */
  runFlow(call: FlowCall, host: HostHandler): Promise<Outcome | Lost>;
  runTask(call: TaskCall, host: HostHandler): Promise<Outcome | Lost>;
  callBack(call: CallbackCall, host: HostHandler): Promise<CallbackReply | Lost>;
  /** Makes it an assistant of the worker at the other end of the port. False when it cannot be one. */
  assist(port: MessagePort): Promise<boolean | Lost>;
  /** Ends synchronous code too. Pending calls settle as lost; later messages are dropped. */
  terminate(cause: LossCause): void;
}

export interface Lost {
  readonly lost: LossCause;
}

/** Everyone who watches; gets only what is durable, and live lines and progress. */
export interface Feed {
  publish(message: FeedMessage): void;
}

/** Files of the site that the engine reads: the built-in corpus and the WebAssembly. */
export interface Assets {
  text(path: string): Promise<string>;
  bytes(path: string): Promise<ArrayBuffer>;
}

/** Records as bytes, for files: plain data, buffers and typed arrays. */
export interface RecordCodec {
  encode(value: unknown): Uint8Array;
  /** Buffers of the result are its own. @throws Error when the bytes are no value */
  decode(bytes: Uint8Array): unknown;
}

/** What a model file that somebody brings holds, or why it is refused. */
export interface ModelFiles {
  read(file: ArrayBuffer): ModelFileRead;
}

export type ModelFileRead =
  | { readonly ok: true; readonly about: ModelFileAbout }
  | { readonly ok: false; readonly reason: string };

/** Where the store lies. */
export interface Disk {
  /** Bytes that this site uses and may use; what the browser does not say is absent. */
  estimate(): Promise<{ readonly usedBytes?: number; readonly quotaBytes?: number }>;
}

/** One tab acts. */
export interface Leadership {
  /** Calls back when this tab leads; at once, or when the leader before it is gone. */
  acquire(onLeading: () => void): Promise<'leading' | 'waiting'>;
}
