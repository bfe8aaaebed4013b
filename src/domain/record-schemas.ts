import * as v from 'valibot';
import { eventBody } from './event-schemas.ts';
import { cacheEntryId, cacheEntryKey, isCacheEntryId } from './ids.ts';
import { RUN_SCHEMAS } from './run-record-schemas.ts';
import {
  bytes,
  count,
  hash,
  number,
  numbers,
  parameters,
  result,
  some,
  text,
} from './stored-shapes.ts';
import type { StoredRecord, StoreName } from './store.ts';

const rows = v.looseObject({
  count,
  text: v.instance(Uint8Array),
  ends: v.instance(Uint32Array),
  labels: v.instance(Uint8Array),
  ids: v.array(text),
  domains: v.array(text),
});
const daySummary = v.looseObject({
  rows: count,
  negative: count,
  positive: count,
  unlabelled: count,
  textBytes: count,
  domains: numbers,
  otherDomains: count,
  lengths: v.array(count),
});
const importedLineage = v.looseObject({
  file: v.looseObject({ name: text, createdBy: text, trainedRows: count }),
  seed: number,
  snapshot: text,
  backend: text,
});
const trainedLineage = v.looseObject({
  flowRunId: text,
  flowRunName: text,
  taskRunId: text,
  ordinal: count,
  sourceHash: hash,
  parameters,
  seed: number,
  snapshot: text,
  backend: text,
  data: some(
    v.looseObject({
      dataset: text,
      until: count,
      seed: number,
      contentHash: hash,
      counts: v.looseObject({ train: count, heldOut: count }),
      flipped: some(number),
    }),
  ),
});
const hasFile = v.looseObject({ file: v.looseObject({}) });
const lineage = v.lazy((input) => (v.is(hasFile, input) ? importedLineage : trainedLineage));

/**
 * Records as a file may bring them, checked as far as the engine and the screens rely on them. Fields that are not named
 * are let through: a newer Nightshift may have added them.
 */
const SCHEMAS: Readonly<Record<StoreName, v.GenericSchema>> = {
  ...RUN_SCHEMAS,
  cache: v.looseObject({
    flowId: text,
    key: text,
    taskName: text,
    result,
    parts: v.record(text, text),
    from: v.looseObject({ flowRunId: text, flowRunName: text, taskRun: text }),
    storedAt: number,
    expiresAt: some(number),
  }),
  limits: v.looseObject({ name: text, limit: count }),
  flows: v.looseObject({
    sourceHash: hash,
    flowId: text,
    files: v.array(v.looseObject({ name: text, text })),
    storedAt: number,
  }),
  events: v.looseObject({ v: count, streamId: text, seq: count, at: number, body: eventBody }),
  values: v.looseObject({ hash, bytes }),
  datasets: v.looseObject({
    name: text,
    contentHash: hash,
    rows: count,
    days: v.array(count),
    imported: some(v.looseObject({ at: number, from: text, labelled: v.boolean() })),
  }),
  datasetDays: v.looseObject({
    dataset: text,
    day: count,
    rows,
    chunks: some(v.array(v.looseObject({ hash, rows: count, bytes: count }))),
    summary: some(daySummary),
    contentHash: hash,
  }),
  rowChunks: v.looseObject({ hash, rows }),
  modelVersions: v.looseObject({
    model: text,
    version: count,
    contentHash: hash,
    bytes: count,
    metrics: numbers,
    features: some(count),
    lineage,
    createdAt: number,
  }),
  aliases: v.looseObject({
    model: text,
    alias: text,
    version: count,
    movedAt: number,
    reason: text,
  }),
  deployments: v.looseObject({
    id: text,
    name: text,
    flowId: text,
    cron: text,
    timezone: text,
    paused: v.boolean(),
    parameters: some(parameters),
    watermark: number,
    lastSeq: count,
  }),
  ticks: v.looseObject({
    deploymentId: text,
    schedule: text,
    dueAt: number,
    verdict: text,
    reason: text,
    decidedAt: number,
  }),
  settings: v.looseObject({ key: text, value: number }),
  uses: v.looseObject({
    hash: v.union([hash, v.pipe(v.string(), v.check(isEntryId, 'it is no cache entry'))]),
    user: text,
  }),
  removals: v.looseObject({ flowRunId: text }),
};

/** A removal takes it apart, so it must be as it was made. */
function isEntryId(text: string): boolean {
  if (!isCacheEntryId(text)) return false;
  try {
    const [flowId, key]: readonly unknown[] = cacheEntryKey(text);
    return (
      typeof flowId === 'string' && typeof key === 'string' && cacheEntryId(flowId, key) === text
    );
  } catch {
    return false;
  }
}

export const isStoreName = (name: unknown): name is StoreName =>
  typeof name === 'string' && Object.hasOwn(SCHEMAS, name);

/** The record with its place; undefined when it is none of that store: `recordProblem` says why. */
export function readRecord(store: StoreName, record: unknown): StoredRecord | undefined {
  const read = { store, record };
  return isStored(read) ? read : undefined;
}

const isStored = (read: { store: StoreName; record: unknown }): read is StoredRecord =>
  v.is(SCHEMAS[read.store], read.record);

/** `state.type: Invalid type: ...` */
export function recordProblem(store: StoreName, record: unknown): string {
  const { issues } = v.safeParse(SCHEMAS[store], record);
  const [issue] = issues ?? [];
  return issue ? `${v.getDotPath(issue) ?? 'record'}: ${issue.message}` : 'it is whole';
}
