import type { Failure, LossCause } from '#domain/failures.ts';
import type { FlowRunRecord, LineChunkRecord } from '#domain/records.ts';
import { runStream } from '#domain/ids.ts';
import { transitionFlow } from './flow-machine.ts';
import { Journal } from './journal.ts';
import type { EnginePorts } from './ports.ts';
import { RunLog, type RunLogPosition } from './run-log.ts';
import { taskDefaults } from './task-defaults.ts';
import { transitionTask } from './task-machine.ts';
import type { FlowRun } from './flow-run.ts';

const CAUSE: LossCause = 'engine stopped or tab closed';

type Make = (
  parts: Pick<
    ConstructorParameters<typeof FlowRun>[0],
    'program' | 'tasks' | 'log' | 'journal' | 'worker'
  >,
  record: FlowRunRecord,
) => FlowRun;

/**
 * Takes up a run that was interrupted: its lost attempts end Crashed, no retry is used, and what is journaled is not
 * run again. Undefined when it could not be taken up: then it has ended, and says why.
 */
export async function recoverRun(
  ports: EnginePorts,
  interrupted: FlowRunRecord,
  make: Make,
): Promise<FlowRun | undefined> {
  const log = await reopenLog(ports, interrupted);
  const record = await endLostAttempts(ports, log, interrupted);
  if (record.active === 0) return undefined;
  const program = await programOf(ports, record);
  if (!('modules' in program)) return void (await endWith(ports, log, record, program));
  const opened = await ports.workers.open(program);
  if (!opened.ok) return void (await endWith(ports, log, record, opened.failure));
  const journal = await Journal.load(ports.store, record.id, record.flowAttempt);
  const { worker, loaded } = opened;
  return make({ program, tasks: taskDefaults(loaded, record), log, journal, worker }, record);
}

async function reopenLog(ports: EnginePorts, record: FlowRunRecord): Promise<RunLog> {
  const events = await ports.store.events(runStream(record.id));
  const chunks = await ports.store.linesOf(record.id);
  return new RunLog(ports, record.id, record.name, {
    lastSeq: events.at(-1)?.seq ?? 0,
    ...lineEnd(chunks),
  });
}

function lineEnd(chunks: readonly LineChunkRecord[]): Omit<RunLogPosition, 'lastSeq'> {
  const last = chunks.at(-1);
  const bodyLines = chunks
    .flatMap((chunk) => chunk.lines)
    .reduce(
      (most, line) => (line.ordinal === undefined ? most : Math.max(most, line.ordinal + 1)),
      0,
    );
  return { lineChunk: last?.chunk ?? 0, chunkLines: last?.lines ?? [], bodyLines };
}

/** One commit: the run is recovering, and every attempt that was on is over. */
async function endLostAttempts(
  ports: EnginePorts,
  log: RunLog,
  interrupted: FlowRunRecord,
): Promise<FlowRunRecord> {
  const at = ports.clock.now();
  const flow = transitionFlow(interrupted, { kind: 'lost', cause: CAUSE }, at);
  const taskRuns = await ports.store.taskRunsOf(interrupted.id);
  const lost = taskRuns
    .filter((one) => one.attempts.at(-1) && one.attempts.at(-1)?.endedAt === undefined)
    .map((one) => transitionTask(one, { kind: 'lost', cause: CAUSE }, at));
  await log.commit(
    [...lost.flatMap((one) => one.events), ...flow.events],
    [
      ...lost.map(({ record }) => ({ store: 'taskRuns', op: 'put', record }) as const),
      { store: 'flowRuns', op: 'put', record: flow.record },
    ],
  );
  return flow.record;
}

async function programOf(ports: EnginePorts, record: FlowRunRecord) {
  const source = await ports.store.get('flows', record.sourceHash);
  if (!source) return loadFailure('its source is no longer stored');
  const compiled = await ports.compiler.compile(source.files);
  return compiled.ok
    ? compiled.program
    : loadFailure(compiled.problems[0]?.message ?? 'it does not compile');
}

const loadFailure = (message: string): Failure => ({ kind: 'load', message });

async function endWith(
  ports: EnginePorts,
  log: RunLog,
  record: FlowRunRecord,
  failure: Failure,
): Promise<void> {
  const ended = transitionFlow(record, { kind: 'threw', failure }, ports.clock.now());
  await log.commit(ended.events, [{ store: 'flowRuns', op: 'put', record: ended.record }]);
}
