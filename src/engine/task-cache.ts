import type { CallbackAnswer, UpstreamOutcome } from '#domain/author-api.ts';
import type { CacheMiss, CachePolicy } from '#domain/cache-policy.ts';
import { describeFailure } from '#domain/failures.ts';
import type { ResultSummary } from '#domain/events.ts';
import { cacheEntryId, type FlowRunId } from '#domain/ids.ts';
import type { AuthorWorker, TaskSource } from '#domain/ports.ts';
import type { CacheKey, CacheRecord, TaskRunRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import { askTask } from './author-functions.ts';
import type { RunContext } from './run-context.ts';

/** What a task run is given, as far as its name and its key depend on it. */
export interface Inputs {
  readonly source: TaskSource | undefined;
  /** Encoded list of arguments. */
  readonly arguments: ArrayBuffer;
  readonly upstream: readonly UpstreamOutcome[];
}

export type Lookup =
  | { readonly kind: 'hit'; readonly entry: CacheRecord; readonly value: ArrayBuffer }
  /** Without a key nothing is kept either. */
  | { readonly kind: 'miss'; readonly key?: CacheKey; readonly miss: CacheMiss };

const NEAREST = 20;

/** Finds a result that a task run can take instead of running, or says why there is none. */
export async function lookUp(
  run: RunContext,
  record: TaskRunRecord,
  cache: CachePolicy,
  inputs: Inputs,
  worker: AuthorWorker,
): Promise<Lookup> {
  const found = await keyFor(run, record, cache, inputs, worker);
  if ('why' in found) return { kind: 'miss', miss: { kind: 'no key', why: found.why } };
  if (cache.refresh) return { kind: 'miss', key: found, miss: { kind: 'refresh' } };
  const { store, clock } = run.ports;
  const { flowId } = run.record();
  const entry = await store.get('cache', [flowId, found.key]);
  if (!entry) return { kind: 'miss', key: found, miss: await nearest(run, record, found) };
  if (entry.expiresAt !== undefined && entry.expiresAt <= clock.now())
    return {
      kind: 'miss',
      key: found,
      miss: { kind: 'expired', at: entry.expiresAt, from: entry.from },
    };
  const value = await store.get('values', entry.result.hash);
  if (!value) return { kind: 'miss', key: found, miss: { kind: 'nothing stored' } };
  return { kind: 'hit', entry, value: value.bytes };
}

/** The writes that keep a result for later task runs with the same key, as long as a run that made or took it is kept. */
export function keepResult(
  run: RunContext,
  record: TaskRunRecord,
  result: ResultSummary,
  { key, parts }: CacheKey,
): readonly Write[] {
  const { id, name, flowId } = run.record();
  const storedAt = run.ports.clock.now();
  const seconds = record.policy.cache?.expirationSeconds;
  const entry: CacheRecord = {
    flowId,
    key,
    taskName: record.taskName,
    result,
    parts,
    from: { flowRunId: id, flowRunName: name, taskRun: record.name },
    storedAt,
    ...(seconds === undefined ? {} : { expiresAt: storedAt + seconds * 1000 }),
  };
  return [{ store: 'cache', op: 'put', record: entry }, useOfEntry(entry, id)];
}

/** That a flow run made a cached result, or took it. */
export const useOfEntry = (
  { flowId, key }: Pick<CacheRecord, 'flowId' | 'key'>,
  user: FlowRunId,
): Write => ({ store: 'uses', op: 'put', record: { hash: cacheEntryId(flowId, key), user } });

async function keyFor(
  run: RunContext,
  record: TaskRunRecord,
  cache: CachePolicy,
  inputs: Inputs,
  worker: AuthorWorker,
): Promise<CacheKey | { readonly why: string }> {
  if (!cache.asksKey && !cache.rule.inputs) return madeOf(run, await ownParts(run, cache, inputs));
  const reply = await askTask(
    run,
    record,
    {
      ask: 'cacheKey',
      asksKey: cache.asksKey,
      inputs: inputs.source?.inputs ?? [],
      arguments: inputs.arguments,
      upstream: inputs.upstream,
    },
    worker,
  );
  if (!reply.ok) return noKey(run, record, describeFailure(reply.failure));
  return keyOfAnswer(run, cache, inputs, reply.answer);
}

async function keyOfAnswer(
  run: RunContext,
  cache: CachePolicy,
  inputs: Inputs,
  answer: CallbackAnswer,
): Promise<CacheKey | { readonly why: string }> {
  if (typeof answer === 'string') return { key: answer, parts: { key: answer } };
  if (answer === null || typeof answer === 'boolean') return { why: 'cacheKeyFn gave no key' };
  const parts: Record<string, string> = { ...(await ownParts(run, cache, inputs)) };
  const except = cache.rule.inputs?.except ?? [];
  for (const [name, bytes] of Object.entries(answer.inputs))
    if (!except.includes(name)) parts[`input ${name}`] = await run.ports.hasher.hash(bytes);
  return madeOf(run, parts);
}

/** An input or a function that gives no key keeps nothing from running. */
function noKey(run: RunContext, record: TaskRunRecord, why: string): { readonly why: string } {
  run.log.sayOf(
    record,
    'ERROR',
    `Error encountered when computing cache key - result will not be persisted: ${why}`,
  );
  return { why: `the key could not be computed: ${why}` };
}

async function ownParts(
  run: RunContext,
  { rule }: CachePolicy,
  { source }: Inputs,
): Promise<Readonly<Record<string, string>>> {
  const { id, parameters } = run.record();
  const { hasher } = run.ports;
  return {
    ...(rule.taskSource ? { 'task source': source?.hash ?? run.record().sourceHash } : {}),
    ...(rule.runId ? { run: id } : {}),
    ...(rule.flowParameters ? { 'flow parameters': await hasher.hash(bytesOf(parameters)) } : {}),
  };
}

async function madeOf(run: RunContext, parts: Readonly<Record<string, string>>): Promise<CacheKey> {
  return { key: await run.ports.hasher.hash(bytesOf(parts)), parts };
}

const bytesOf = (record: object): ArrayBuffer => {
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return new TextEncoder().encode(JSON.stringify(sorted)).buffer;
};

/** Tells the difference to the stored result of this task that differs least; of two the newer. */
async function nearest(
  run: RunContext,
  { taskName }: TaskRunRecord,
  { parts }: CacheKey,
): Promise<CacheMiss> {
  const entries = await run.ports.store.cacheOf(run.record().flowId, taskName, NEAREST);
  const compared = entries.map((entry) => ({ entry, differing: differing(parts, entry.parts) }));
  const [closest] = compared.sort((a, b) => a.differing.length - b.differing.length);
  if (!closest) return { kind: 'nothing stored' };
  return { kind: 'differs', parts: closest.differing, from: closest.entry.from };
}

function differing(
  mine: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(mine), ...Object.keys(other)]);
  return [...names].filter((name) => mine[name] !== other[name]);
}
