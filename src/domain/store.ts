import type { ContentHash, DeploymentId, FlowRunId, StreamId, TaskRunId } from './ids.ts';
import type * as R from './records.ts';

/** Record type and primary key of every object store. */
export interface StoreSchema {
  flows: { record: R.FlowSourceRecord; key: ContentHash };
  flowRuns: { record: R.FlowRunRecord; key: FlowRunId };
  taskRuns: { record: R.TaskRunRecord; key: TaskRunId };
  events: { record: R.EventRecord; key: readonly [StreamId, number] };
  lines: { record: R.LineChunkRecord; key: readonly [FlowRunId, number] };
  journal: { record: R.JournalRecord; key: readonly [FlowRunId, number, number] };
  values: { record: R.ValueRecord; key: ContentHash };
  cache: { record: R.CacheRecord; key: readonly [string, string] };
  artifacts: { record: R.ArtifactRecord; key: readonly [FlowRunId, number] };
  limits: { record: R.LimitRecord; key: string };
  checkpoints: { record: R.CheckpointRecord; key: readonly [TaskRunId, number] };
  datasets: { record: R.DatasetRecord; key: string };
  datasetDays: { record: R.DatasetDayRecord; key: readonly [string, number] };
  rowChunks: { record: R.RowChunkRecord; key: ContentHash };
  verdicts: { record: R.VerdictRecord; key: readonly [TaskRunId, number] };
  modelVersions: { record: R.ModelVersionRecord; key: readonly [string, number] };
  aliases: { record: R.AliasRecord; key: readonly [string, string] };
  deployments: { record: R.DeploymentRecord; key: DeploymentId };
  ticks: { record: R.TickRecord; key: readonly [DeploymentId, string, number] };
  settings: { record: R.SettingRecord; key: string };
  uses: { record: R.UseRecord; key: readonly [R.UsedThing, R.ContentUser] };
  removals: { record: R.RemovalRecord; key: FlowRunId };
}

export type StoreName = keyof StoreSchema;

/** `add` refuses a key that is taken (see `Conflict`); `put` replaces. */
export type Write = {
  [S in StoreName]:
    | { readonly store: S; readonly op: 'put' | 'add'; readonly record: StoreSchema[S]['record'] }
    | { readonly store: S; readonly op: 'delete'; readonly key: StoreSchema[S]['key'] };
}[StoreName];

/** A record and where it belongs. */
export type StoredRecord = {
  [S in StoreName]: { readonly store: S; readonly record: StoreSchema[S]['record'] };
}[StoreName];

export type Durability = 'relaxed' | 'strict';

/** What one slice of a removal did. */
export interface Swept {
  /** Records that went; 0: nothing is left to remove. */
  readonly records: number;
  /** Runs of which nothing is left. */
  readonly runs: number;
}

/** Hears some records of one store, in order of their key. */
export type Visit = <S extends StoreName>(
  store: S,
  records: readonly StoreSchema[S]['record'][],
) => void;

/** A write hit a unique key that was taken; nothing of its transaction was kept. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  readonly store: StoreName;
  constructor(store: StoreName, key: unknown) {
    super(`${store}: ${JSON.stringify(key)} exists already.`);
    this.store = store;
  }
}

/** The browser gave no more room; nothing of the transaction was kept. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** Another tab upgraded or deleted the database: this page must be reloaded. */
export class StorageClosed extends Error {
  override readonly name = 'StorageClosed';
}

/**
 * The durable memory of the engine. Both implementations pass one contract suite.
 * A commit is atomic and durable when its promise resolves; commits become visible in the order they were called.
 */
export interface Store {
  /** Where it keeps things: `memory` loses all when the tab closes. */
  readonly kind: 'indexeddb' | 'memory';

  /**
   * All writes or none. Who uses which value or source is noted in the same commit, from what is written (`uses`).
   * @throws Conflict | StorageFull | StorageClosed
   */
  commit(writes: readonly Write[], durability?: Durability): Promise<void>;

  get<S extends StoreName>(
    store: S,
    key: StoreSchema[S]['key'],
  ): Promise<StoreSchema[S]['record'] | undefined>;

  /** What is stored under the key of each of these records, in their order. */
  findStored(records: readonly StoredRecord[]): Promise<readonly (object | undefined)[]>;

  /** Events of a stream in order of `seq`, from `after` (exclusive). */
  events(streamId: StreamId, after?: number): Promise<readonly R.EventRecord[]>;
  /** Newest first by `createdAt`; `before` is a `createdAt` to page on. */
  newestFlowRuns(limit: number, before?: number): Promise<readonly R.FlowRunRecord[]>;
  /** Runs in no terminal state, oldest first. */
  activeFlowRuns(): Promise<readonly R.FlowRunRecord[]>;
  /** In order of creation. */
  taskRunsOf(flowRunId: FlowRunId): Promise<readonly R.TaskRunRecord[]>;
  /** In order of `call`. */
  journalOf(flowRunId: FlowRunId, flowAttempt: number): Promise<readonly R.JournalRecord[]>;
  /** Chunks in order, from chunk `from` (inclusive). */
  linesOf(flowRunId: FlowRunId, from?: number): Promise<readonly R.LineChunkRecord[]>;
  /** The last chunks, in order, that together hold at least `limit` lines; all of them where there are fewer. */
  lastLinesOf(flowRunId: FlowRunId, limit: number): Promise<readonly R.LineChunkRecord[]>;
  /** Newest first, at most two. */
  checkpointsOf(taskRunId: TaskRunId): Promise<readonly R.CheckpointRecord[]>;
  /** Days 1 to `until` (inclusive), ascending. */
  datasetDays(dataset: string, until: number): Promise<readonly R.DatasetDayRecord[]>;
  datasets(): Promise<readonly R.DatasetRecord[]>;
  /** Of every chunk that is stored, whether a day refers to it or not. */
  rowChunkHashes(): Promise<readonly ContentHash[]>;
  /** Oldest first. */
  modelVersions(model: string): Promise<readonly R.ModelVersionRecord[]>;
  /** The version that this call saved before, if it did (unique index). */
  modelVersionByCall(
    taskRunId: TaskRunId,
    ordinal: number,
  ): Promise<R.ModelVersionRecord | undefined>;
  /** Names of models that have a version, ascending. */
  modelNames(): Promise<readonly string[]>;
  /** Who uses a value, a source or a cache entry. */
  usersOf(thing: R.UsedThing): Promise<readonly R.ContentUser[]>;
  /** Entries of one task, newest first. */
  cacheOf(flowId: string, taskName: string, limit: number): Promise<readonly R.CacheRecord[]>;
  /** In order of creation. */
  artifactsOf(flowRunId: FlowRunId): Promise<readonly R.ArtifactRecord[]>;
  limits(): Promise<readonly R.LimitRecord[]>;
  /** Runs of subflows that this run called, in order of creation. */
  childRunsOf(flowRunId: FlowRunId): Promise<readonly R.FlowRunRecord[]>;
  /** Ended runs whose hooks have yet to run, oldest first. */
  flowRunsWithHooksDue(): Promise<readonly R.FlowRunRecord[]>;
  deployments(): Promise<readonly R.DeploymentRecord[]>;
  /** Newest first. */
  ticksOf(deploymentId: DeploymentId, limit: number): Promise<readonly R.TickRecord[]>;
  /** Runs that have ended, oldest first by `createdAt`, and of these those from before `before`. */
  oldestEndedRuns(limit: number, before?: number): Promise<readonly R.FlowRunRecord[]>;
  /** Stores with a record a line or an event would be counted for too long. */
  count(store: 'flowRuns' | 'removals'): Promise<number>;

  /**
   * Deletes at most about `limit` records of the runs in `removals`, and the values and sources that only they used, in
   * one transaction. A run whose last record went leaves `removals` with it.
   */
  sweep(limit: number): Promise<Swept>;
  /** Deletes a run with all that belongs to it in one transaction that writes nothing: it needs no room. */
  removeRun(flowRunId: FlowRunId): Promise<void>;
  /**
   * All writes, the end of every use by this user, and the end of what nobody else uses, in one strict transaction.
   * @throws Conflict | StorageFull | StorageClosed
   */
  commitAndRelease(writes: readonly Write[], user: R.ContentUser): Promise<void>;
  /**
   * Shows every record of every store as of one instant. `visit` must not wait for anything, and commits wait until it
   * has seen all.
   */
  snapshot(visit: Visit): Promise<void>;

  close(): void;
}
