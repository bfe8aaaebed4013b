import type {
  DatasetDeletion,
  DatasetSummary,
  ImportBatch,
  ImportEnd,
  ImportRequest,
  ImportStart,
  ImportStep,
  RowPage,
} from './datasets.ts';
import type { NightshiftEvent, Trigger } from './events.ts';
import type { SourcePosition } from './failures.ts';
import type { Fault } from './faults.ts';
import type { GateCondition } from './gate.ts';
import type { GateHistoryRow } from './gate-history.ts';
import type { FlowRunId, TaskRunId } from './ids.ts';
import type { ConcurrencyRequest, LimitChange, LimitStatus } from './limits.ts';
import type { Line } from './lines.ts';
import type { ModelApi } from './model-api.ts';
import type { OriginRequest } from './origin.ts';
import type { Parameters, ParameterSchema, ParameterValue } from './parameters.ts';
import type { Overrides, TaskOptions } from './policies.ts';
import type { State } from './states.ts';
import type { Retained, RetentionPolicy, RetentionRequest, StorageUse } from './retention.ts';
import type {
  AliasRecord,
  ArtifactRecord,
  DeploymentRecord,
  FlowRunRecord,
  IntervalSchedule,
  ModelVersionRecord,
  SourceFile,
  TickRecord,
} from './records.ts';

/**
 * What the page asks of the engine worker, over Comlink. Both sides are ours.
 * Refusals are data; a rejected promise means a bug or a dead engine.
 */
export interface EngineApi extends ModelApi {
  /** Opens the store, takes up interrupted runs, starts the scheduler. Call once. */
  start(setup: EngineSetup): Promise<EngineStatus>;
  /** Compiles and loads a source without running it. */
  check(files: readonly SourceFile[]): Promise<SourceCheck>;
  startRun(request: RunRequest): Promise<RunStart>;
  /** What a run with this origin would reuse; nothing is started. */
  reuseFor(request: RunRequest): Promise<ReusePreview>;
  /** Ends an active run as Cancelled; false when it is not active. */
  cancelRun(id: FlowRunId, reason: string): Promise<boolean>;
  /**
   * Answers what a Paused or Suspended run asks; defaults are filled, text is coerced. With the number of the pause that
   * is meant, a second answer to the same question changes nothing and is no problem.
   */
  resumeRun(
    id: FlowRunId,
    input: Readonly<Record<string, unknown>>,
    pause?: number,
  ): Promise<RunResume>;
  /** Newest first; `before` is a `createdAt` to page on. */
  runs(limit: number, before?: number): Promise<readonly RunSummary[]>;
  /** With its last lines only, where a number is given: a run may have said a million. */
  runHistory(id: FlowRunId, lastLines?: number): Promise<RunHistory | undefined>;
  /** All artifacts of a run, in order of creation, without the bytes of its images. */
  artifacts(id: FlowRunId): Promise<readonly ArtifactRecord[]>;
  /** One artifact by its number, an image with its bytes. */
  artifact(id: FlowRunId, number: number): Promise<ShownArtifact | undefined>;
  /** Undefined while nothing was promoted. */
  champion(model: string): Promise<Champion | undefined>;
  modelVersions(model: string): Promise<readonly ModelVersionRecord[]>;
  /** What a gate of these conditions would have said about past runs that asked one; of the newest 200 runs, or so many. */
  gateHistory(
    conditions: readonly GateCondition[],
    limit?: number,
  ): Promise<readonly GateHistoryRow[]>;
  checkCron(cron: string, timezone: string): Promise<CronCheck>;
  checkInterval(interval: IntervalSchedule, timezone: string): Promise<CronCheck>;
  deployments(): Promise<readonly DeploymentRecord[]>;
  setSchedule(change: ScheduleChange): Promise<CronCheck>;
  /** How many runs of a deployment at a time; undefined takes the limit away. */
  setConcurrency(
    deploymentId: string,
    concurrency: ConcurrencyRequest | undefined,
  ): Promise<LimitChange>;
  /** Newest first. */
  ticks(deploymentId: string, limit: number): Promise<readonly TickRecord[]>;
  /** What its schedule will start: at least 3 ticks and 1 h ahead, at most 100 ticks and 100 days; none when paused. */
  upcoming(deploymentId: string): Promise<readonly UpcomingTick[]>;
  /** Limits of tags (`tag:training`) and of code inside tasks (`global:database`), with who holds their slots. */
  limits(): Promise<readonly LimitStatus[]>;
  /** Undefined takes the limit away. */
  setLimit(name: string, limit: number | undefined): Promise<LimitChange>;
  /** The built-in corpus too, with days that have not arrived yet. */
  datasets(): Promise<readonly DatasetSummary[]>;
  /** Rows of a day from a position (counted from 0), at most 200. */
  datasetRows(name: string, day: number, from: number, limit: number): Promise<RowPage>;
  /** One import at a time. Nothing of it is visible before `commitImport`. */
  beginImport(request: ImportRequest): Promise<ImportStart>;
  appendRows(id: string, batch: ImportBatch): Promise<ImportStep>;
  commitImport(id: string): Promise<ImportEnd>;
  abortImport(id: string): Promise<void>;
  /** Of one that was imported, and that no active run reads. */
  deleteDataset(name: string): Promise<DatasetDeletion>;
  storageUse(): Promise<StorageUse>;
  /** Deletes ended runs with all that belongs to them, oldest first. Models stay, with their weights and lineage. */
  retain(request: RetentionRequest): Promise<Retained>;
  /** Keeps the policy as a setting and applies it, now and after each run. The default deletes nothing. */
  setRetention(policy: RetentionPolicy): Promise<Retained>;
  /** Everything that is kept, as of one instant, as a file: see `state-file.ts`. */
  exportState(): Promise<ArrayBuffer>;
  /** Loads such a file, all of it or nothing. Its runs that had not ended go on as after a closed tab. */
  importState(file: ArrayBuffer, options?: ImportOptions): Promise<StateImport>;
}

export interface EngineSetup {
  /** Absolute address of the site's folder, with a trailing slash: workers started from a blob have no base. */
  readonly baseUrl: string;
  /** Absolute addresses of the author libraries and the WebAssembly, by import specifier. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly wasmUrl: string;
  /** The built-in flows by id. */
  readonly builtInFlows: Readonly<Record<string, readonly SourceFile[]>>;
  /** What the built-in deployment of a flow gives its runs, by flow id, beside the flow's defaults. */
  readonly scheduledParameters?: Readonly<Record<string, Parameters>>;
  /** Logical processors, as the page sees them. */
  readonly cores: number;
  readonly timezone: string;
}

export interface EngineStatus {
  /** `waiting`: another tab leads; this one takes over when that closes. */
  readonly role: 'leader' | 'waiting';
  readonly storage: 'indexeddb' | 'memory';
  /** Why nothing can be kept, when storage is memory. */
  readonly storageReason?: string;
  /** Last day of the built-in corpus that has arrived. */
  readonly arrivalDay: number;
}

/** One thing wrong with an input: what, where, what next. */
export interface Problem {
  readonly message: string;
  readonly position?: SourcePosition;
  /** `threshold`, `extract.retries`, `cron`: the field it belongs to. */
  readonly field?: string;
}

export type SourceCheck =
  | { readonly ok: true; readonly flow: FlowDescription }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface FlowDescription {
  readonly name: string;
  readonly parameters: ParameterSchema;
  readonly tasks: readonly TaskDescription[];
}

export interface TaskDescription {
  readonly name: string;
  readonly options: TaskOptions;
  /** Lines of its definition in the entry file, counted from 1, when it could be found. */
  readonly lines?: { readonly first: number; readonly last: number };
}

export interface RunRequest {
  readonly flowId: string;
  /** Empty, where there is an origin: the source that its run had. */
  readonly files: readonly SourceFile[];
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly overrides: Overrides;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Absent: today's. */
  readonly arrivalDay?: number;
  readonly trigger: Trigger;
  /** When to start, milliseconds since the epoch; absent: at once. */
  readonly scheduledFor?: number;
  /** The finished run that it is made from. */
  readonly origin?: OriginRequest;
}

/** A run as a list shows it. */
export interface RunSummary extends FlowRunRecord {
  /** Of all its task runs. */
  readonly attempts: number;
}

export type RunStart =
  | { readonly ok: true; readonly flowRunId: FlowRunId; readonly name: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type RunResume =
  | { readonly ok: true }
  /** Nothing was resumed. The field of a problem is a name of the schema. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type ReusePreview =
  | {
      readonly ok: true;
      /** The run whose results are reused. */
      readonly flowRunName: string;
      /** Of its flow attempt that is reused from, in order of their calls. */
      readonly taskRuns: readonly ReusePreviewRow[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ReusePreviewRow {
  /** `extract-0` */
  readonly name: string;
  /** Why it runs again; absent: it is reused, if the body calls it with the same arguments. */
  readonly again?: string;
}

export interface RunHistory {
  readonly record: FlowRunRecord;
  readonly events: readonly NightshiftEvent[];
  readonly lines: readonly Line[];
  /** How many lines came before those. */
  readonly earlierLines?: number;
  readonly files: readonly SourceFile[];
}

export interface ShownArtifact {
  readonly record: ArtifactRecord;
  /** Of an image or a file; absent when they are no longer stored. */
  readonly bytes?: ArrayBuffer;
}

export interface ImportOptions {
  /** Into a store that holds runs or models already: adds what is missing and refuses what differs. */
  readonly add?: boolean;
}

export type StateImport =
  | {
      readonly ok: true;
      /** Flow runs that came with it. */
      readonly runs: number;
      /** Records that were here already, and the same. */
      readonly skipped: number;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** It was refused only because something is here already: it may be asked to add. */
      readonly holdsRuns?: true;
    };

export interface Champion {
  readonly alias: AliasRecord;
  readonly version: ModelVersionRecord;
  readonly container: ArrayBuffer;
}

export type CronCheck =
  | {
      readonly ok: true;
      /** `At 02:00 AM` */
      readonly words: string;
      /** Next due instants, milliseconds since the epoch. */
      readonly next: readonly number[];
    }
  | { readonly ok: false; readonly reason: string };

export interface ScheduleChange {
  readonly deploymentId: string;
  readonly cron: string;
  /** Present: the schedule is this, and the cron stays as it was. */
  readonly interval?: IntervalSchedule;
  readonly timezone: string;
  readonly paused: boolean;
}

/** A tick to come. Nothing of it is stored: its run is created when it is due. */
export interface UpcomingTick {
  /** `scheduled <deployment> <schedule> <instant>`: unique, and the same each time it is asked for. */
  readonly key: string;
  readonly dueAt: number;
  /** Scheduled */
  readonly state: State;
}

/** What the engine sends unasked, over the feed port. Events are durable before they are sent. */
export type FeedMessage =
  | { readonly kind: 'event'; readonly event: NightshiftEvent }
  | { readonly kind: 'lines'; readonly flowRunId: FlowRunId; readonly lines: readonly Line[] }
  /** Never stored. */
  | {
      readonly kind: 'progress';
      readonly flowRunId: FlowRunId;
      readonly taskRunId: TaskRunId;
      readonly attempt: number;
      readonly fraction: number;
    }
  | { readonly kind: 'status'; readonly status: EngineStatus }
  | { readonly kind: 'deployment'; readonly deployment: DeploymentRecord }
  /** Runs were deleted; of so many something is left that goes in the background. */
  | { readonly kind: 'runs removed'; readonly removing: number }
  /** The store can no longer be used: why, and what to do. `full`: deleting runs makes room. */
  | { readonly kind: 'stopped'; readonly reason: string; readonly full?: true };
