import type { RunHistory } from '#domain/engine-api.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
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
