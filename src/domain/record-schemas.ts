import * as v from 'valibot';
import { failureSchema as failure } from './author-replies.ts';
import type { StoredRecord, StoreName } from './store.ts';

/**
 * Records as a file may bring them, checked as far as the engine and the screens rely on them. Fields that are not named
 * are let through: a newer Nightshift may have added them.
 */
const text = v.string();
const number = v.number();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^sha256-[0-9a-f]{64}$/, 'it is no content hash'));
const bytes = v.instance(ArrayBuffer);
const some = <S extends v.GenericSchema>(schema: S) => v.optional(schema);
const kind = v.looseObject({ kind: text });
const numbers = v.record(text, number);
const parameters = v.record(text, v.union([number, text, v.boolean()]));

const state = v.looseObject({
  type: v.picklist([
    'SCHEDULED',
    'PENDING',
    'RUNNING',
    'COMPLETED',
    'FAILED',
    'CRASHED',
    'CANCELLING',
    'CANCELLED',
    'PAUSED',
  ]),
  name: text,
  message: some(text),
});
const retryPolicy = {
  retries: count,
  retryDelaysSeconds: v.pipe(v.array(number), v.minLength(1)),
  retryJitterFactor: number,
  logPrints: v.boolean(),
  recoveries: count,
  timeoutSeconds: some(number),
};
const flowPolicy = v.looseObject(retryPolicy);
const taskPolicy = v.looseObject({ ...retryPolicy, tags: v.array(text) });
const retry = v.looseObject({ retry: count, retries: count, delayMs: number, position: count });
const fault = v.looseObject({ task: text, attempts: v.array(count), effect: kind });
const result = v.looseObject({ hash, bytes: count, label: text });
const verdict = v.looseObject({
  promoted: v.boolean(),
  conditions: v.array(
    v.looseObject({
      metric: text,
      value: number,
      atLeast: number,
      passed: v.boolean(),
      reason: text,
    }),
  ),
  summary: text,
  reason: text,
});
/** What a flow run is and what its first event tells of it. */
const request = {
  name: text,
  flowId: text,
  flowName: text,
  sourceHash: hash,
  parameters,
  overrides: v.record(text, v.looseObject({})),
  faults: v.array(fault),
  seed: number,
  arrivalDay: number,
  trigger: kind,
  state,
};
const attempt = v.looseObject({
  number: count,
  startedAt: number,
  endedAt: some(number),
  state,
  failure: some(failure),
  fault: some(fault),
  retry: some(retry),
});
const outcome = v.looseObject({
  delivery: count,
  at: number,
  value: some(hash),
  failure: some(failure),
  state: some(state),
});
const line = v.variant('kind', [
  v.looseObject({
    kind: v.literal('log'),
    at: number,
    level: v.picklist(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']),
    logger: text,
    message: text,
    taskRunId: some(text),
    attempt: some(count),
    ordinal: some(count),
  }),
  v.looseObject({
    kind: v.literal('metric'),
    at: number,
    series: text,
    step: number,
    values: numbers,
    taskRunId: some(text),
    attempt: some(count),
  }),
]);
const rows = v.looseObject({
  count,
  text: v.instance(Uint8Array),
  ends: v.instance(Uint32Array),
  labels: v.instance(Uint8Array),
  ids: v.array(text),
  domains: v.array(text),
});
const lineage = v.looseObject({
  flowRunId: text,
  flowRunName: text,
  taskRunId: text,
  ordinal: count,
  sourceHash: hash,
  parameters,
  seed: number,
  snapshot: text,
  backend: text,
});

/** Of an event whose kind is not among them nothing is known: folds leave it out. */
const BODIES: Readonly<Record<string, v.GenericSchema>> = {
  'flow-run.created': v.looseObject({ ...request, flowRunId: text, runtime: text }),
  'flow-run.state': v.looseObject({
    state,
    flowAttempt: count,
    reason: kind,
    failure: some(failure),
    retry: some(retry),
  }),
  'task-run.created': v.looseObject({
    taskRunId: text,
    taskName: text,
    index: count,
    name: text,
    flowAttempt: count,
    dependsOn: v.array(text),
    policy: taskPolicy,
    state,
    reason: kind,
  }),
  'task-run.state': v.looseObject({
    taskRunId: text,
    attempt: count,
    state,
    reason: kind,
    failure: some(failure),
    retry: some(retry),
    result: some(result),
  }),
  'attempt.started': v.looseObject({ taskRunId: text, attempt: count, fault: some(fault) }),
  'attempt.ended': v.looseObject({
    taskRunId: text,
    attempt: count,
    state,
    failure: some(failure),
    durationMs: number,
  }),
  'checkpoint.saved': v.looseObject({
    taskRunId: text,
    attempt: count,
    progress: number,
    bytes: count,
  }),
  'verdict.decided': v.looseObject({ taskRunId: text, verdict }),
  'model.saved': v.looseObject({ taskRunId: text, model: text, version: count, bytes: count }),
  'alias.moved': v.looseObject({ model: text, alias: text, to: count, reason: text }),
  'schedule.set': v.looseObject({ cron: text, timezone: text }),
  'schedule.paused': v.looseObject({ paused: v.boolean() }),
  'tick.decided': v.looseObject({ dueAt: number, verdict: text, reason: text }),
};
const body = v.lazy((input) => (v.is(kind, input) ? (BODIES[input.kind] ?? kind) : kind));

const SCHEMAS: Readonly<Record<StoreName, v.GenericSchema>> = {
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
  artifacts: v.looseObject({
    flowRunId: text,
    number: count,
    content: v.looseObject({ type: text }),
    createdAt: number,
    updatedAt: number,
  }),
  limits: v.looseObject({ name: text, limit: count }),
  flows: v.looseObject({
    sourceHash: hash,
    flowId: text,
    files: v.array(v.looseObject({ name: text, text })),
    storedAt: number,
  }),
  flowRuns: v.looseObject({
    ...request,
    id: text,
    policy: flowPolicy,
    flowAttempt: count,
    recoveriesUsed: count,
    answeredWhenLost: some(count),
    createdAt: number,
    startedAt: some(number),
    nextAttemptAt: some(number),
    endedAt: some(number),
    failure: some(failure),
    verdict: some(verdict),
    active: v.picklist([0, 1]),
  }),
  taskRuns: v.looseObject({
    id: text,
    flowRunId: text,
    flowAttempt: count,
    taskName: text,
    index: count,
    name: text,
    call: count,
    policy: taskPolicy,
    state,
    attempts: v.array(attempt),
    retriesUsed: count,
    recoveriesUsed: count,
    nextAttemptAt: some(number),
    failure: some(failure),
    result: some(result),
    createdAt: number,
  }),
  events: v.looseObject({ v: count, streamId: text, seq: count, at: number, body }),
  lines: v.looseObject({ flowRunId: text, chunk: count, lines: v.array(line) }),
  journal: v.looseObject({
    flowRunId: text,
    flowAttempt: count,
    call: count,
    operation: text,
    subject: text,
    argumentsHash: hash,
    argumentsBytes: bytes,
    calledAt: number,
    outcome: some(outcome),
  }),
  values: v.looseObject({ hash, bytes }),
  checkpoints: v.looseObject({
    taskRunId: text,
    number: count,
    attempt: count,
    progress: number,
    bytes,
  }),
  datasets: v.looseObject({ name: text, contentHash: hash, rows: count, days: v.array(count) }),
  datasetDays: v.looseObject({ dataset: text, day: count, rows, contentHash: hash }),
  verdicts: v.looseObject({
    taskRunId: text,
    ordinal: count,
    flowRunId: text,
    verdict,
    at: number,
  }),
  modelVersions: v.looseObject({
    model: text,
    version: count,
    contentHash: hash,
    bytes: count,
    metrics: numbers,
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
    hash: v.union([hash, v.pipe(v.string(), v.startsWith('cache:'))]),
    user: text,
  }),
  removals: v.looseObject({ flowRunId: text }),
};

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
