import type { Failure, LossCause } from '#domain/failures.ts';
import type { FlowRunRecord, LineChunkRecord } from '#domain/records.ts';
import { runStream } from '#domain/ids.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import { Journal } from './journal.ts';
import type { EnginePorts } from './ports.ts';
import { RunLog, type RunLogPosition } from './run-log.ts';
import { taskDefaults } from './task-defaults.ts';
import { changeTaskRuns } from './task-changes.ts';
import { withAttempts, type FlowRun, type MakeFlowRun } from './flow-run.ts';

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
  const chunks = await ports.store.linesOf(record.id);
  return new RunLog(ports, record.id, record.name, {
    lastSeq: events.at(-1)?.seq ?? 0,
    attempts: events.filter(({ body }) => body.kind === 'attempt.started').length,
    ...lineEnd(chunks),
  });
}

function lineEnd(chunks: readonly LineChunkRecord[]): Omit<RunLogPosition, 'lastSeq' | 'attempts'> {
  const last = chunks.at(-1);
  const lines = chunks.reduce((sum, chunk) => sum + chunk.lines.length, 0);
  const bodyLines = chunks
    .flatMap((chunk) => chunk.lines)
    .reduce(
      (most, line) => (line.ordinal === undefined ? most : Math.max(most, line.ordinal + 1)),
      0,
    );
  return { lineChunk: last?.chunk ?? 0, chunkLines: last?.lines ?? [], bodyLines, lines };
}

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
  const { record: moved, events } = transitionFlow(before, input, ports.clock.now());
  const record = withAttempts(moved, log);
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
  const opened = await ports.workers.open(program);
  // Nothing would take up a run that waits for another try.
  if (!opened.ok && opened.failure.kind === 'lost') return loadFailure(opened.failure.cause);
  return { program, ...opened };
}

function loadFailure(message: string) {
  const failure: Failure = { kind: 'load', message };
  return { ok: false, failure } as const;
}
