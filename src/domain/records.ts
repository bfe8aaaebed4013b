import type { Failure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { Verdict } from './gate.ts';
import type { TaskHook } from './hooks.ts';
import type { CacheEntryId, ContentHash, DeploymentId, FlowRunId, TaskRunId } from './ids.ts';
import type { Line } from './lines.ts';
import type { DaySummary } from './datasets.ts';
import type { DeploymentConcurrency } from './limits.ts';
import type { Origin } from './origin.ts';
import type { RunOrigin } from './reasons.ts';
import type { ArtifactContent } from './artifacts.ts';
import type { RowBatch } from './rows.ts';
import type { NightshiftEvent, ResultSummary, TickVerdict, Trigger } from './events.ts';
import type { DatasetFacts, ModelAlias } from './models.ts';
import type { Parameters } from './parameters.ts';
import type { EndedPause, OpenPause } from './pauses.ts';
import type { FlowPolicy, Overrides, TaskPolicy } from './policies.ts';
import type { State } from './states.ts';
import type { RetryDecision } from './retry.ts';

/** Source by hash: what a run ran stays readable for ever. */
export interface FlowSourceRecord {
  readonly sourceHash: ContentHash;
  readonly flowId: string;
  readonly files: readonly SourceFile[];
  readonly storedAt: number;
}

export interface SourceFile {
  /** `flow.ts`, `./features.ts` */
  readonly name: string;
  readonly text: string;
}

export interface FlowRunRecord {
  readonly id: FlowRunId;
  /** `splendid-otter` */
  readonly name: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly sourceHash: ContentHash;
  readonly parameters: Parameters;
  readonly overrides: Overrides;
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly arrivalDay: number;
  /** Imported datasets that its tasks have read: they are not deleted under it. */
  readonly datasets?: readonly string[];
  readonly trigger: Trigger;
  readonly policy: FlowPolicy;
  readonly state: State;
  readonly flowAttempt: number;
  /** Since it last got further. */
  readonly recoveriesUsed: number;
  /** How many calls of the flow attempt had given what they were asked for when it was last lost. */
  readonly answeredWhenLost?: number;
  readonly createdAt: number;
  /** The instant it was meant for, when it was not to start at once. */
  readonly scheduledFor?: number;
  /** Set until it leaves Scheduled: when it next tries to start. */
  readonly startsAt?: number;
  readonly startedAt?: number;
  /** When the flow attempt that is on was begun; what its body reads as its start. */
  readonly attemptStartedAt?: number;
  /** Set while AwaitingRetry. */
  readonly nextAttemptAt?: number;
  /** Present while it is Paused or Suspended. */
  readonly pause?: OpenPause;
  readonly endedPauses?: readonly EndedPause[];
  /** How long the flow attempt that is on was paused: its timeout does not count that. */
  readonly pausedMs?: number;
  readonly endedAt?: number;
  readonly failure?: Failure;
  /** Of a subflow that completed: what it returned, kept by its hash. */
  readonly result?: ResultSummary;
  /** The last verdict that a gate of this run gave. */
  readonly verdict?: Verdict;
  readonly modelVersion?: number;
  /** Of all its task runs; counted when it ended. */
  readonly attempts?: number;
  /** 1 while not in a terminal state, 0 after: an index key. */
  readonly active: 0 | 1;
  /** Present when a flow body called it. */
  readonly parent?: ParentCall;
  /** Present when it was made from another run. */
  readonly origin?: Origin;
  /** 1 while hooks of the state it ended in have yet to run: an index key. */
  readonly hooksDue?: 1;
}

/** The call of a flow body that a subflow answers. */
export interface ParentCall {
  readonly flowRunId: FlowRunId;
  readonly flowAttempt: number;
  readonly call: number;
}

/** The task state machine's own state, stored after each transition: recovery loads it and goes on. */
export interface TaskRunRecord {
  readonly id: TaskRunId;
  readonly flowRunId: FlowRunId;
  readonly flowAttempt: number;
  readonly taskName: string;
  readonly index: number;
  readonly name: string;
  /** Position among the calls of the flow body, counted from 0: its place in the journal. */
  readonly call: number;
  readonly policy: TaskPolicy;
  readonly state: State;
  readonly attempts: readonly AttemptRecord[];
  readonly retriesUsed: number;
  readonly recoveriesUsed: number;
  /** Set while AwaitingRetry. */
  readonly nextAttemptAt?: number;
  readonly failure?: Failure;
  readonly result?: ResultSummary;
  /** Its name and its cache key were settled: nobody is asked again. */
  readonly prepared?: true;
  /** What its result is kept under. */
  readonly cacheKey?: CacheKey;
  /** Hooks of the state it is in that have yet to run. */
  readonly hooksDue?: TaskHook;
  readonly createdAt: number;
  readonly endedAt?: number;
}

export interface CacheKey {
  readonly key: string;
  /** What it was made of: hashes by name. */
  readonly parts: Readonly<Record<string, string>>;
}

export interface AttemptRecord {
  /** Counted from 1. */
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly state: State;
  readonly failure?: Failure;
  readonly fault?: Fault;
  /** Progress (0..1) of the checkpoint it may resume from. */
  readonly resumesAt?: number;
  readonly retry?: RetryDecision;
}

/** One call of a flow body and its outcome; only recovery reads it. */
export interface JournalRecord {
  readonly flowRunId: FlowRunId;
  readonly flowAttempt: number;
  readonly call: number;
  readonly operation: 'task' | 'flow' | 'sleep' | 'pause' | 'commit' | 'roll back';
  /** Name of the task or flow, the seconds of a sleep, the key of a pause, or the call of the task run in a transaction. */
  readonly subject: string;
  readonly argumentsHash: ContentHash;
  /** Encoded arguments: a lost attempt is started again with them. */
  readonly argumentsBytes: ArrayBuffer;
  readonly calledAt: number;
  readonly outcome?: JournalOutcome;
}

export interface JournalOutcome {
  /** Order of delivery to the flow body, counted from 0. */
  readonly delivery: number;
  readonly at: number;
  readonly value?: ContentHash;
  readonly failure?: Failure;
  /** How the task run or the subflow ended; absent for a sleep. */
  readonly state?: State;
  /** What a person answered to a pause. */
  readonly answer?: Parameters;
}

/** Content-addressed bytes: task results, model containers, snapshots. */
export interface ValueRecord {
  readonly hash: ContentHash;
  readonly bytes: ArrayBuffer;
}

/** A result that later task runs with the same key take instead of running. Unique by (flow, key). */
export interface CacheRecord {
  readonly flowId: string;
  readonly key: string;
  readonly taskName: string;
  readonly result: ResultSummary;
  /** Hash of each input by its name, and what else the key was made of: tells why another key differs. */
  readonly parts: Readonly<Record<string, string>>;
  readonly from: RunOrigin;
  readonly storedAt: number;
  /** Absent: never. */
  readonly expiresAt?: number;
}

/** Something that a run made for people to look at. Unique by (flow run, number). */
export interface ArtifactRecord {
  readonly flowRunId: FlowRunId;
  /** Counted from 1 in order of creation. */
  readonly number: number;
  readonly key?: string;
  readonly description?: string;
  readonly content: ArtifactContent;
  /** Absent: made by the flow body. */
  readonly taskRunId?: TaskRunId;
  /** Of the task run, or of the flow where its body made it; counted from 1. */
  readonly attempt: number;
  /** Counted from 0 among what the attempt made and told. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** How many may hold a slot at a time; `tag:training`, `global:database`. */
export interface LimitRecord {
  readonly name: string;
  readonly limit: number;
}

export interface CheckpointRecord {
  readonly taskRunId: TaskRunId;
  /** Counted from 1 over all attempts; the newest two are kept. */
  readonly number: number;
  readonly attempt: number;
  readonly progress: number;
  readonly bytes: ArrayBuffer;
}

/** About 100 lines in one record: 27 to 41 times faster than a record a line. */
export interface LineChunkRecord {
  readonly flowRunId: FlowRunId;
  readonly chunk: number;
  readonly lines: readonly Line[];
}

export interface DatasetRecord {
  readonly name: string;
  readonly contentHash: ContentHash;
  readonly rows: number;
  /** Days with rows, ascending. */
  readonly days: readonly number[];
  /** Present: a person brought it here, and may delete it. */
  readonly imported?: DatasetOrigin;
}

export interface DatasetOrigin {
  /** Of its first import. */
  readonly at: number;
  /** `reviews.csv`, an address, or `pasted text`. */
  readonly from: string;
  /** False: its rows can be scored, not trained on. */
  readonly labelled: boolean;
}

/** A day's rows never change once stored. */
export interface DatasetDayRecord {
  readonly dataset: string;
  readonly day: number;
  /** All rows of the day; none where they lie in chunks. */
  readonly rows: RowBatch;
  /** In order, so that no single read or write is long. */
  readonly chunks?: readonly RowChunkRef[];
  /** What a list shows of it; absent where it is counted from `rows`. */
  readonly summary?: DaySummary;
  /** Over the rows of this day and of all days before it. */
  readonly contentHash: ContentHash;
}

export interface RowChunkRef {
  readonly hash: ContentHash;
  readonly rows: number;
  /** Of their text. */
  readonly bytes: number;
}

/** Some rows, found by the hash of what they hold. It goes when no day refers to it any more. */
export interface RowChunkRecord {
  readonly hash: ContentHash;
  readonly rows: RowBatch;
}

/** What a verdict-giving call recorded; unique by (task run, ordinal), so that a repeat returns the first. */
export interface VerdictRecord {
  readonly taskRunId: TaskRunId;
  readonly ordinal: number;
  readonly flowRunId: FlowRunId;
  readonly verdict: Verdict;
  readonly at: number;
}

/** Immutable. Unique by (model, version) and by (task run, ordinal). */
export interface ModelVersionRecord {
  readonly model: string;
  /** Counted from 1; version 0 is the model that ships with the site. */
  readonly version: number;
  readonly contentHash: ContentHash;
  readonly bytes: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Words and pairs of words with a weight; absent for versions from before this was kept. */
  readonly features?: number;
  readonly lineage: ModelLineage;
  readonly createdAt: number;
}

/** Where a version comes from: a run of this browser, or a file that a person imported. */
export type ModelLineage = TrainedLineage | ImportedLineage;

interface LineageOfAny {
  readonly seed: number;
  /** Content hash over rows, split and seed of what it was trained on. */
  readonly snapshot: string;
  readonly backend: string;
}

export interface TrainedLineage extends LineageOfAny {
  readonly flowRunId: FlowRunId;
  readonly flowRunName: string;
  readonly taskRunId: TaskRunId;
  readonly ordinal: number;
  readonly sourceHash: ContentHash;
  readonly parameters: Parameters;
  /** What it was trained on; absent for versions from before this was kept. */
  readonly data?: DatasetFacts;
  readonly file?: undefined;
}

/** No run of this browser trained it, and its rows are not here: its seed, snapshot and backend are what the file says. */
export interface ImportedLineage extends LineageOfAny {
  readonly file: ImportedFile;
  readonly flowRunId?: undefined;
  readonly flowRunName?: undefined;
  readonly taskRunId?: undefined;
  readonly ordinal?: undefined;
  readonly sourceHash?: undefined;
  readonly parameters?: undefined;
  readonly data?: undefined;
}

export interface ImportedFile {
  /** `sentiment-v3.nightshift-model` */
  readonly name: string;
  /** `nightshift/ml, tokeniser 1`: what wrote it, as it says. */
  readonly createdBy: string;
  readonly trainedRows: number;
}

export interface AliasRecord {
  readonly model: string;
  readonly alias: ModelAlias;
  readonly version: number;
  readonly movedAt: number;
  readonly reason: string;
}

/** Due every so many seconds, counted from the anchor in both directions. */
export interface IntervalSchedule {
  readonly seconds: number;
  /** An instant, milliseconds since the epoch. */
  readonly anchor: number;
}

export interface DeploymentRecord {
  readonly id: DeploymentId;
  readonly name: string;
  readonly flowId: string;
  readonly cron: string;
  /** Present: this is the schedule, and the cron is what it was before. */
  readonly interval?: IntervalSchedule;
  readonly timezone: string;
  readonly paused: boolean;
  /** Of its runs; those not named take the flow's defaults. */
  readonly parameters?: Parameters;
  /** Absent: any number of its runs at a time. */
  readonly concurrency?: DeploymentConcurrency;
  /** Ticks up to here have their verdict. */
  readonly watermark: number;
  readonly lastSeq: number;
}

/** Unique by (deployment, schedule, due time). */
export interface TickRecord {
  readonly deploymentId: DeploymentId;
  readonly schedule: string;
  readonly dueAt: number;
  readonly verdict: TickVerdict;
  readonly flowRunId?: FlowRunId;
  readonly reason: string;
  readonly decidedAt: number;
}

export type EventRecord = NightshiftEvent;

/** The one row of each of these keys. `keepRuns` and `keepDays` are the retention policy; absent, all are kept. */
export interface SettingRecord {
  readonly key: 'firstVisitAt' | 'keepRuns' | 'keepDays';
  readonly value: number;
}

/** That something is needed by something: it goes with its last user, never before. */
export interface UseRecord {
  /** What is used: a value or a source by its hash, or a cache entry. */
  readonly hash: UsedThing;
  readonly user: ContentUser;
}

export type UsedThing = ContentHash | CacheEntryId;

/** A flow run; a model version, as `model:<name>/<version>`; a cache entry; or a value whose bytes mention the hash. */
export type ContentUser = FlowRunId | ContentHash | `model:${string}` | CacheEntryId;

/** A run that is deleted: it is no longer listed, and what belonged to it goes in the background. */
export interface RemovalRecord {
  readonly flowRunId: FlowRunId;
}
