import type { RunHistory, RunSummary } from '#domain/engine-api.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';
import { CHUNK_LINES } from './line-buffer.ts';

/** What is stored of a run, with all its lines or with the last of them. */
export async function readRunHistory(
  store: Store,
  id: FlowRunId,
  lastLines = Infinity,
): Promise<RunHistory | undefined> {
  const record = await store.get('flowRuns', id);
  if (!record) return undefined;
  const [events, lines, source] = await Promise.all([
    store.events(runStream(id)),
    lastLines === Infinity ? allLines(store, id) : someLines(store, id, lastLines),
    store.get('flows', record.sourceHash),
  ]);
  return { record, events, ...lines, files: source?.files ?? [] };
}

type Lines = Pick<RunHistory, 'lines' | 'earlierLines'>;

async function allLines(store: Store, id: FlowRunId): Promise<Lines> {
  const chunks = await store.linesOf(id);
  return { lines: chunks.flatMap((chunk) => chunk.lines) };
}

async function someLines(store: Store, id: FlowRunId, limit: number): Promise<Lines> {
  const chunks = await store.lastLinesOf(id, limit);
  const lines = chunks.flatMap((chunk) => chunk.lines);
  const left = Math.max(0, lines.length - limit);
  return { lines: lines.slice(left), earlierLines: left + linesBefore(chunks[0]?.chunk ?? 0) };
}

/** Chunks but the last are full. */
const linesBefore = (chunk: number): number => chunk * CHUNK_LINES;

/** @param active runs that are on: they know how often they have started something */
export async function newestRuns(
  store: Pick<Store, 'newestFlowRuns' | 'taskRunsOf'>,
  active: { get(id: FlowRunId): { readonly attempts: number } | undefined },
  limit: number,
  before?: number,
): Promise<readonly RunSummary[]> {
  /** Records of before the number was kept in them have it only in their task runs. */
  const attemptsOf = async ({ id, attempts }: FlowRunRecord): Promise<number> => {
    const known = attempts ?? active.get(id)?.attempts;
    if (known !== undefined) return known;
    const taskRuns = await store.taskRunsOf(id);
    return taskRuns.reduce((sum, one) => sum + one.attempts.length, 0);
  };
  const records = await store.newestFlowRuns(limit, before);
  return Promise.all(
    records.map(async (record) => ({ ...record, attempts: await attemptsOf(record) })),
  );
}
