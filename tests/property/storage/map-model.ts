import type * as R from '#domain/records.ts';
import type { StoreName, StoreSchema, Write } from '#domain/store.ts';

/** The store as a plain Map, written without looking at the real ones: `[store, key]` as JSON to the record. */
export type Model = ReadonlyMap<string, Entry>;

interface Entry {
  readonly store: StoreName;
  readonly record: StoreSchema[StoreName]['record'];
}

export const EMPTY: Model = new Map();

/** The model after the commit, or undefined where the commit is a conflict. */
export function committed(model: Model, writes: readonly Write[]): Model | undefined {
  const next = new Map(model);
  for (const write of writes) {
    const id = JSON.stringify([write.store, write.op === 'delete' ? write.key : keyOf(write)]);
    if (write.op === 'add' && next.has(id)) return undefined;
    if (write.op === 'delete') next.delete(id);
    else next.set(id, { store: write.store, record: write.record });
    if (repeatsACall(next)) return undefined;
  }
  return next;
}

export function all<S extends StoreName>(model: Model, store: S): StoreSchema[S]['record'][] {
  return [...model.values()].flatMap((entry) =>
    // The entries of a store hold its records: that is how `committed` fills the Map.
    entry.store === store ? [entry.record as StoreSchema[S]['record']] : [],
  );
}

const repeatsACall = (model: Model): boolean => {
  const calls = all(model, 'modelVersions').map(callOf);
  return new Set(calls).size < calls.length;
};

export const callOf = ({ lineage }: R.ModelVersionRecord): string =>
  JSON.stringify([lineage.taskRunId, lineage.ordinal]);

function keyOf(write: Exclude<Write, { readonly op: 'delete' }>): unknown {
  switch (write.store) {
    case 'flowRuns':
    case 'taskRuns':
    case 'deployments':
      return write.record.id;
    case 'settings':
      return write.record.key;
    case 'datasets':
      return write.record.name;
    case 'values':
    case 'rowChunks':
      return write.record.hash;
    case 'flows':
      return write.record.sourceHash;
    case 'events':
      return [write.record.streamId, write.record.seq];
    case 'lines':
      return [write.record.flowRunId, write.record.chunk];
    case 'journal':
      return [write.record.flowRunId, write.record.flowAttempt, write.record.call];
    case 'checkpoints':
      return [write.record.taskRunId, write.record.number];
    case 'datasetDays':
      return [write.record.dataset, write.record.day];
    case 'verdicts':
      return [write.record.taskRunId, write.record.ordinal];
    case 'modelVersions':
      return [write.record.model, write.record.version];
    case 'aliases':
      return [write.record.model, write.record.alias];
    case 'cache':
      return [write.record.flowId, write.record.key];
    case 'artifacts':
      return [write.record.flowRunId, write.record.number];
    case 'limits':
      return write.record.name;
    case 'uses':
      return [write.record.hash, write.record.user];
    case 'removals':
      return write.record.flowRunId;
    case 'ticks':
      return [write.record.deploymentId, write.record.schedule, write.record.dueAt];
  }
}
