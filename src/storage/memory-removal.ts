import { cacheEntryKey, isCacheEntryId, type FlowRunId } from '#domain/ids.ts';
import type { ContentUser, UsedThing, UseRecord } from '#domain/records.ts';
import type { Swept } from '#domain/store.ts';
import type { Tables } from './memory-tables.ts';
import { partsOf } from './parts-of-run.ts';

/** See `Store.sweep`. */
export function sweep(tables: Tables, limit: number): Swept {
  const [first] = tables.removals.values();
  if (!first || limit <= 0) return { records: 0, runs: 0 };
  const { flowRunId } = first;
  const records = removeParts(tables, flowRunId, limit);
  if (records >= limit) return { records, runs: 0 };
  tables.removals.delete(JSON.stringify(flowRunId));
  const rest = sweep(tables, limit - records - 1);
  return { records: records + 1 + rest.records, runs: 1 + rest.runs };
}

/** See `Store.removeRun`. */
export function removeRun(tables: Tables, flowRunId: FlowRunId): void {
  tables.flowRuns.delete(JSON.stringify(flowRunId));
  removeParts(tables, flowRunId, Infinity);
}

function removeParts(tables: Tables, flowRunId: FlowRunId, limit: number): number {
  let removed = 0;
  for (const { store, beginning } of partsOf(flowRunId)) {
    const table = tables[store];
    for (const id of table.keys()) {
      if (removed >= limit) return removed;
      if (id.startsWith(beginning.json) && table.delete(id)) removed++;
    }
  }
  return removed + release(tables, flowRunId, limit - removed);
}

/** Ends uses of one user: what nobody uses any more goes, and the uses of that. */
export function release(tables: Tables, user: ContentUser, limit = Infinity): number {
  const own = usesWhere(tables, (use) => use.user === user).slice(0, limit);
  for (const { hash } of own) tables.uses.delete(JSON.stringify([hash, user]));
  for (const { hash } of own) removeIfUnused(tables, hash);
  return own.length;
}

function removeIfUnused(tables: Tables, thing: UsedThing): void {
  if (usesWhere(tables, (use) => use.hash === thing).length > 0) return;
  if (isCacheEntryId(thing)) tables.cache.delete(JSON.stringify(cacheEntryKey(thing)));
  else {
    tables.values.delete(JSON.stringify(thing));
    tables.flows.delete(JSON.stringify(thing));
  }
  release(tables, thing);
}

const usesWhere = (tables: Tables, matches: (use: UseRecord) => boolean): readonly UseRecord[] =>
  [...tables.uses.values()].filter(matches);
