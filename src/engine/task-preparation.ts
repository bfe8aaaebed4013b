import type { TaskRunEvent } from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { askTask, nameOf } from './author-functions.ts';
import type { RunContext } from './run-context.ts';
import { lookUp, type Inputs, type Lookup } from './task-cache.ts';

/** What is settled once, before the first attempt. */
export interface Preparation {
  readonly record: TaskRunRecord;
  readonly events: readonly TaskRunEvent[];
  readonly hit?: Extract<Lookup, { kind: 'hit' }>;
  /** The name could not be made, so the task run fails. */
  readonly failure?: Failure;
}

export const needsPreparation = ({ policy, prepared }: TaskRunRecord): boolean =>
  !prepared && (policy.asksName !== undefined || policy.cache !== undefined);

/** Asks the author's functions for the name and the cache key. Once the answers are stored nobody is asked again. */
export async function prepareTask(
  run: RunContext,
  before: TaskRunRecord,
  inputs: Inputs,
  worker: AuthorWorker,
): Promise<Preparation> {
  const named = await withName(run, { ...before, prepared: true }, inputs, worker);
  const { cache } = before.policy;
  if (named.failure || !cache) return named;
  const found = await lookUp(run, named.record, cache, inputs, worker);
  if (found.kind === 'hit') return { ...named, hit: found };
  const { key, miss } = found;
  const missed: TaskRunEvent = {
    kind: 'cache.missed',
    taskRunId: before.id,
    ...(key ? { key: key.key } : {}),
    miss,
  };
  const record = { ...named.record, ...(key ? { cacheKey: key } : {}) };
  return { record, events: [...named.events, missed] };
}

async function withName(
  run: RunContext,
  record: TaskRunRecord,
  { source, arguments: args, upstream }: Inputs,
  worker: AuthorWorker,
): Promise<Preparation> {
  if (!record.policy.asksName) return { record, events: [] };
  const inputs = source?.inputs ?? [];
  const question = { ask: 'taskRunName', inputs, arguments: args, upstream } as const;
  const reply = await askTask(run, record, question, worker);
  if (!reply.ok) return { record, events: [], failure: reply.failure };
  const name = nameOf(reply.answer);
  const event: TaskRunEvent = { kind: 'task-run.named', taskRunId: record.id, name };
  return { record: { ...record, name }, events: [event] };
}
