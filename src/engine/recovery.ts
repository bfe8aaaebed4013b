import type { Failure, LossCause } from '#domain/failures.ts';
import type { FlowRunRecord, LineChunkRecord } from '#domain/records.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { Store } from '#domain/store.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import { Journal } from './journal.ts';
import { CHUNK_LINES } from './line-buffer.ts';
import type { EnginePorts } from './ports.ts';
import { RunLog, type RunLogPosition } from './run-log.ts';
import { taskDefaults } from './task-defaults.ts';
import { changeTaskRuns } from './task-changes.ts';
import type { FlowRun, MakeFlowRun } from './flow-run.ts';

const CAUSE: LossCause = 'engine stopped or tab closed';

/**
 * Takes up a run that was interrupted: its lost attempts end Crashed, no retry is used, and what is journaled is not
 * run again. Undefined when it could not be taken up: then it has ended, and says why.
 */
export async function recoverRun(
  ports: EnginePorts,
  interrupted: FlowRunRecord,
  make: MakeFlowRun,
): Promise<FlowRun | undefined> {
  const log = await reopenLog(ports, interrupted);
  const journal = await Journal.load(ports.store, interrupted.id, interrupted.flowAttempt);
  const lost: FlowInput = { kind: 'lost', cause: CAUSE };
  const record = await apply({ ports, log, journal }, interrupted, lost);
  if (record.active === 0) return undefined;
  const opened = await openAgain(ports, record);
  if (!opened.ok) {
    await apply({ ports, log, journal }, record, { kind: 'threw', failure: opened.failure });
    return undefined;
  }
  const { program, worker, loaded } = opened;
  return make({ program, tasks: taskDefaults(loaded, record), log, journal, worker }, record);
}

async function reopenLog(ports: EnginePorts, record: FlowRunRecord): Promise<RunLog> {
  const events = await ports.store.events(runStream(record.id));
  return new RunLog(ports, record.id, record.name, {
    lastSeq: events.at(-1)?.seq ?? 0,
    ...(await lineEnd(ports.store, record.id)),
  });
}

/** Backwards until the body's last line is found: a run may have said a million. */
async function lineEnd(store: Store, id: FlowRunId): Promise<Omit<RunLogPosition, 'lastSeq'>> {
  for (let limit = CHUNK_LINES; ; limit *= 10) {
    const chunks = await store.lastLinesOf(id, limit);
    const last = chunks.at(-1);
    const bodyLines = bodyLinesIn(chunks);
    if (bodyLines === 0 && (chunks[0]?.chunk ?? 0) > 0) continue;
    return { lineChunk: last?.chunk ?? 0, chunkLines: last?.lines ?? [], bodyLines };
  }
}

/** The body counts its lines, so its last one tells of all before it; 0 where there is none. */
const bodyLinesIn = (chunks: readonly LineChunkRecord[]): number =>
  chunks
    .flatMap((chunk) => chunk.lines)
    .reduce((most, line) => Math.max(most, (line.ordinal ?? -1) + 1), 0);

interface Reopened {
  readonly ports: EnginePorts;
  readonly log: RunLog;
  readonly journal: Journal;
}

/** One commit: the run goes on and every attempt that was on is lost, or the run has ended and its tasks with it. */
async function apply(
  { ports, log, journal }: Reopened,
  before: FlowRunRecord,
  input: FlowInput,
): Promise<FlowRunRecord> {
  const { record, events } = transitionFlow(before, input, ports.clock.now());
  const tasks = await changeTaskRuns(
    ports,
    journal,
    before.id,
    record.active === 1
      ? { kind: 'lost', cause: CAUSE }
      : { kind: 'cancelled', reason: 'the flow run ended' },
  );
  await log.commit(
    [...tasks.events, ...events],
    [...tasks.writes, { store: 'flowRuns', op: 'put', record }],
  );
  return record;
}

async function openAgain(ports: EnginePorts, record: FlowRunRecord) {
  const source = await ports.store.get('flows', record.sourceHash);
  if (!source) return loadFailure('its source is no longer stored');
  const compiled = await ports.compiler.compile(source.files);
  if (!compiled.ok) return loadFailure(compiled.problems[0]?.message ?? 'it does not compile');
  const { program } = compiled;
  return { program, ...(await ports.workers.open(program)) };
}

function loadFailure(message: string) {
  const failure: Failure = { kind: 'load', message };
  return { ok: false, failure } as const;
}
