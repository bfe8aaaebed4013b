import type { StoreName, StoreSchema } from '#domain/store.ts';

export interface IndexLayout {
  readonly keyPath: readonly string[];
  readonly unique?: true;
}

/** One object store: where its primary key lies in a record, and what else it is found by. */
export interface StoreLayout {
  readonly keyPath: string | readonly string[];
  readonly indexes: Readonly<Record<string, IndexLayout>>;
}

type Path<R> = (keyof R & string) | `${keyof R & string}.${string}`;
type Paths<R> = readonly Path<R>[];

/** A layout whose paths are fields of the records. */
type LayoutOf<Names extends StoreName> = {
  readonly [S in Names]: {
    readonly keyPath: Path<StoreSchema[S]['record']> | Paths<StoreSchema[S]['record']>;
    readonly indexes: Readonly<
      Record<string, { keyPath: Paths<StoreSchema[S]['record']>; unique?: true }>
    >;
  };
};

/**
 * What migration 1 creates. Invariant: never edited once released; a later version is a layout of its own.
 * The tails of the index keys break ties: runs and task runs of one millisecond keep a fixed order.
 */
export const VERSION_1 = {
  flows: { keyPath: 'sourceHash', indexes: {} },
  flowRuns: {
    keyPath: 'id',
    indexes: {
      byCreation: { keyPath: ['createdAt', 'id'] },
      byActivity: { keyPath: ['active', 'createdAt', 'id'] },
    },
  },
  taskRuns: {
    keyPath: 'id',
    indexes: { byFlowRun: { keyPath: ['flowRunId', 'createdAt', 'flowAttempt', 'call'] } },
  },
  events: { keyPath: ['streamId', 'seq'], indexes: {} },
  lines: { keyPath: ['flowRunId', 'chunk'], indexes: {} },
  journal: { keyPath: ['flowRunId', 'flowAttempt', 'call'], indexes: {} },
  values: { keyPath: 'hash', indexes: {} },
  checkpoints: { keyPath: ['taskRunId', 'number'], indexes: {} },
  datasets: { keyPath: 'name', indexes: {} },
  datasetDays: { keyPath: ['dataset', 'day'], indexes: {} },
  verdicts: { keyPath: ['taskRunId', 'ordinal'], indexes: {} },
  modelVersions: {
    keyPath: ['model', 'version'],
    indexes: { byCall: { keyPath: ['lineage.taskRunId', 'lineage.ordinal'], unique: true } },
  },
  aliases: { keyPath: ['model', 'alias'], indexes: {} },
  deployments: { keyPath: 'id', indexes: {} },
  ticks: {
    keyPath: ['deploymentId', 'schedule', 'dueAt'],
    indexes: { byDueTime: { keyPath: ['deploymentId', 'dueAt', 'schedule'] } },
  },
  settings: { keyPath: 'key', indexes: {} },
} as const satisfies LayoutOf<Exclude<StoreName, LaterStores>>;

type LaterStores = 'cache' | 'artifacts' | 'limits' | AfterVersion2;
type AfterVersion2 = 'uses' | 'removals' | 'rowChunks';

/** What migration 2 adds: the cache, artifacts, limits, and runs by what called them. */
export const VERSION_2 = {
  ...VERSION_1,
  flowRuns: {
    ...VERSION_1.flowRuns,
    indexes: {
      ...VERSION_1.flowRuns.indexes,
      byParent: { keyPath: ['parent.flowRunId', 'createdAt', 'id'] },
      byHooksDue: { keyPath: ['hooksDue', 'createdAt', 'id'] },
    },
  },
  cache: {
    keyPath: ['flowId', 'key'],
    indexes: { byTask: { keyPath: ['flowId', 'taskName', 'storedAt', 'key'] } },
  },
  artifacts: { keyPath: ['flowRunId', 'number'], indexes: {} },
  limits: { keyPath: 'name', indexes: {} },
} as const satisfies LayoutOf<Exclude<StoreName, AfterVersion2>>;

/** What migration 3 adds: who uses which content, and the runs that are being removed. */
export const ADDED_IN_3 = {
  uses: { keyPath: ['hash', 'user'], indexes: { byUser: { keyPath: ['user', 'hash'] } } },
  removals: { keyPath: 'flowRunId', indexes: {} },
} as const satisfies LayoutOf<'uses' | 'removals'>;

export const VERSION_3 = { ...VERSION_2, ...ADDED_IN_3 } as const;

/** What migration 4 adds: rows of imported datasets. */
export const ADDED_IN_4 = {
  rowChunks: { keyPath: 'hash', indexes: {} },
} as const satisfies LayoutOf<'rowChunks'>;

export const VERSION_4 = { ...VERSION_3, ...ADDED_IN_4 } as const;
