import type { FlowRunId } from '#domain/ids.ts';
import type { FlowRunRecord, LineChunkRecord } from '#domain/records.ts';
import type { Store, StoreName, StoreSchema } from '#domain/store.ts';
import { PLAIN_KEYS, within, type KeyRange } from './keys.ts';
import type { IndexName } from './schema.ts';

/** A list as data: a range of one store's primary key, or of one of its indexes. */
export interface Query<S extends StoreName = StoreName> {
  readonly store: S;
  readonly index?: IndexName<S>;
  readonly range: KeyRange;
  /** In descending order of the key. */
  readonly backwards?: boolean;
  readonly limit?: number;
}

export type Found<S extends StoreName> = readonly StoreSchema[S]['record'][];
export type Find = <S extends StoreName>(query: Query<S>) => Promise<Found<S>>;
type Reads = Omit<
  Store,
  | 'kind'
  | 'commit'
  | 'get'
  | 'findStored'
  | 'rowChunkHashes'
  | 'count'
  | 'sweep'
  | 'removeRun'
  | 'commitAndRelease'
  | 'snapshot'
  | 'close'
>;

/** The lists of `Store` for anything that can answer a query: one definition, so that no order differs. */
export function readsOver(find: Find): Reads {
  return {
    newestFlowRuns: (limit, before) => newestFlowRuns(find, limit, before),
    events: (streamId, after = 0) =>
      find({ store: 'events', range: within([streamId], after + 1) }),
    activeFlowRuns: () => find({ store: 'flowRuns', index: 'byActivity', range: within([1]) }),
    taskRunsOf: (flowRunId) =>
      find({ store: 'taskRuns', index: 'byFlowRun', range: within([flowRunId]) }),
    journalOf: (flowRunId, flowAttempt) =>
      find({ store: 'journal', range: within([flowRunId, flowAttempt]) }),
    linesOf: (flowRunId, from) => find({ store: 'lines', range: within([flowRunId], from) }),
    lastLinesOf: (flowRunId, limit) => lastLinesOf(find, flowRunId, limit),
    checkpointsOf: (taskRunId) =>
      find({ store: 'checkpoints', range: within([taskRunId]), backwards: true, limit: 2 }),
    datasetDays: (dataset, until) =>
      find({ store: 'datasetDays', range: within([dataset], 1, until) }),
    datasets: () => find({ store: 'datasets', range: PLAIN_KEYS }),
    modelVersions: (model) => find({ store: 'modelVersions', range: within([model]) }),
    modelVersionByCall: async (taskRunId, ordinal) => {
      const range = within([taskRunId], ordinal, ordinal);
      return (await find({ store: 'modelVersions', index: 'byCall', range }))[0];
    },
    modelNames: async () => {
      const versions = await find({ store: 'modelVersions', range: within([]) });
      return [...new Set(versions.map(({ model }) => model))].sort();
    },
    usersOf: async (thing) => {
      const uses = await find({ store: 'uses', range: within([thing]) });
      return uses.map(({ user }) => user);
    },
    cacheOf: (flowId, taskName, limit) => {
      const range = within([flowId, taskName]);
      return find({ store: 'cache', index: 'byTask', range, backwards: true, limit });
    },
    artifactsOf: (flowRunId) => find({ store: 'artifacts', range: within([flowRunId]) }),
    limits: () => find({ store: 'limits', range: PLAIN_KEYS }),
    childRunsOf: (flowRunId) =>
      find({ store: 'flowRuns', index: 'byParent', range: within([flowRunId]) }),
    flowRunsWithHooksDue: () =>
      find({ store: 'flowRuns', index: 'byHooksDue', range: within([1]) }),
    deployments: () => find({ store: 'deployments', range: PLAIN_KEYS }),
    ticksOf: (deploymentId, limit) => {
      const range = within([deploymentId]);
      return find({ store: 'ticks', index: 'byDueTime', range, backwards: true, limit });
    },
    oldestEndedRuns: (limit, before) => {
      const range = within([0], undefined, before);
      return find({ store: 'flowRuns', index: 'byActivity', range, limit });
    },
  };
}

/**
 * Invariant: a page never ends between two runs of one millisecond, or paging on `createdAt` would lose the others.
 * So the last millisecond comes whole, and a page may be longer than `limit`.
 */
async function newestFlowRuns(
  find: Find,
  limit: number,
  before?: number,
): Promise<readonly FlowRunRecord[]> {
  const newest = { store: 'flowRuns', index: 'byCreation', backwards: true } as const;
  const page = await find({ ...newest, range: within([], undefined, before), limit });
  const last = page.at(-1);
  if (last === undefined || page.length < limit) return page;
  const instant = await find({ ...newest, range: within([last.createdAt]) });
  return [...page.filter((run) => run.createdAt !== last.createdAt), ...instant];
}

/** Chunks that hold fewer lines than usual cost a second read. */
const LINES_PER_CHUNK = 100;

/** Backwards, in goes: how many chunks hold so many lines is known when they are there. */
async function lastLinesOf(
  find: Find,
  flowRunId: FlowRunId,
  limit: number,
): Promise<readonly LineChunkRecord[]> {
  const found: LineChunkRecord[] = [];
  for (let missing = limit; missing > 0;) {
    const before = found.at(-1)?.chunk;
    const range = within([flowRunId], undefined, before === undefined ? undefined : before - 1);
    // The last chunk is rarely full.
    const chunks = Math.ceil(missing / LINES_PER_CHUNK) + 1;
    const page = await find({ store: 'lines', range, backwards: true, limit: chunks });
    for (const chunk of page) {
      if (missing <= 0) break;
      found.push(chunk);
      missing -= chunk.lines.length;
    }
    if (page.length < chunks) break;
  }
  return found.reverse();
}
