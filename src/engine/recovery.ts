import { describeFailure, type Failure, type LossCause } from '#domain/failures.ts';
import type { FlowRunRecord, LineChunkRecord } from '#domain/records.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { Store } from '#domain/store.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import { FLOW_RUN_ENDED } from './cancellation.ts';
import { Journal, outcomeOf } from './journal.ts';
import { CHUNK_LINES } from './line-buffer.ts';
import type { EnginePorts } from './ports.ts';
import { RunLog, type RunLogPosition } from './run-log.ts';
import { Reuse, reuseAgain } from './reuse.ts';
import { taskDefaults } from './task-defaults.ts';
import { changeTaskRuns } from './task-changes.ts';
import { withAttempts, type FlowRun, type MakeFlowRun, type OwnParts } from './flow-run.ts';

/** What an attempt, or a run, is lost to when its engine goes. */
export const ENGINE_LOST: LossCause = 'engine stopped or tab closed';

/**
 * Takes up a run that was interrupted: its lost attempts end Crashed, no retry is used, and what is journaled is not
 * run again. Undefined when it could not be taken up: then it has ended, and says why.
 */
export async function recoverRun(
  ports: EnginePorts,
  interrupted: FlowRunRecord,
  make: MakeFlowRun,
): Promise<FlowRun | undefined> {
  const reopened = await reopen(ports, interrupted);
  const { log, journal } = reopened;
  const { answered } = journal;
  const record = await apply(reopened, interrupted, { kind: 'lost', cause: ENGINE_LOST, answered });
  if (record.active === 0) return undefined;
  const opened = await openAgain(ports, record);
  if (!opened.ok) {
    await apply(reopened, record, { kind: 'threw', failure: opened.failure });
    return undefined;
  }
  const { reuse, earlierIsGone } = await reuseAgain(ports.store, record);
  if (earlierIsGone)
    log.say('WARNING', `${record.origin?.flowRunName} was deleted: nothing more of it is reused`);
  const { worker } = opened;
  const parts = partsOf(reopened, opened, record, reuse);
  if (!record.pause && record.startsAt === undefined) return make({ ...parts, worker }, record);
  // It waits for a person or for its time, which may take days: a worker is opened when the body is entered.
  worker.terminate('worker terminated');
  return make(parts, record);
}

/**
 * Takes up an ended run whose hooks have yet to run. Undefined when its source does not load any more: the run says
 * so, and owes nothing any longer.
 */
export async function recoverHooks(
  ports: EnginePorts,
  ended: FlowRunRecord,
  make: MakeFlowRun,
): Promise<FlowRun | undefined> {
  const reopened = await reopen(ports, ended);
  const { log } = reopened;
  const opened = await openAgain(ports, ended);
  if (opened.ok) {
    const parts = partsOf(reopened, opened, ended, new Reuse(ports.store, ended, undefined));
    return make({ ...parts, worker: opened.worker }, ended);
  }
  const { hooksDue: _, ...record } = ended;
  log.say('ERROR', `Its hooks could not run: ${describeFailure(opened.failure)}`);
  await log.commit([], [{ store: 'flowRuns', op: 'put', record }]);
  return undefined;
}

/** A subflow whose caller is over or gone would be active for ever. False: it is none. */
export async function endOrphan(
  ports: EnginePorts,
  { id, parent }: Pick<FlowRunRecord, 'id' | 'parent'>,
): Promise<boolean> {
  const caller = parent && (await ports.store.get('flowRuns', parent.flowRunId));
  if (!parent || caller?.active === 1) return false;
  // A caller ends after its subflows, so what is read now is no longer moved by it.
  const orphan = await ports.store.get('flowRuns', id);
  const flowRunName = caller?.name ?? parent.flowRunId;
  if (orphan?.active === 1)
    await endInterrupted(ports, orphan, { kind: 'caller ended', flowRunName });
  return true;
}

/** Ends a run that nobody drives, and all that belongs to it. */
async function endInterrupted(
  ports: EnginePorts,
  interrupted: FlowRunRecord,
  input: FlowInput,
): Promise<FlowRunRecord> {
  return apply(await reopen(ports, interrupted), interrupted, input);
}

/**
 * Subflows that nobody drives end with the flow run that called them.
 * Invariant: they end before it, so that no run that is over has one that is not.
 */
export async function endSubflows(
  { ports, log, journal }: Reopened,
  { id, name: flowRunName }: FlowRunRecord,
  why?: string,
): Promise<void> {
  const input = {
    kind: 'caller ended',
    flowRunName,
    ...(why === undefined ? {} : { why }),
  } as const;
  for (const subflow of await ports.store.childRunsOf(id)) {
    if (subflow.active === 0) continue;
    const ended = await endInterrupted(ports, subflow, input);
    const call = ended.parent && journal.call(ended.parent.call);
    if (!call || call.outcome) continue;
    await log.commit(
      [{ kind: 'subflow.ended', flowRunId: ended.id, state: ended.state }],
      [journal.close(call.call, outcomeOf(ended, ports.clock.now()))],
    );
  }
}

async function reopen(ports: EnginePorts, record: FlowRunRecord): Promise<Reopened> {
  const log = await reopenLog(ports, record);
  return { ports, log, journal: await Journal.load(ports.store, record.id, record.flowAttempt) };
}

/** What a run that is taken up again brings along, but for a worker. */
function partsOf(
  { log, journal }: Reopened,
  { program, taskSources, loaded }: Extract<Awaited<ReturnType<typeof openAgain>>, { ok: true }>,
  record: FlowRunRecord,
  reuse: Reuse,
): OwnParts {
  const tasks = taskDefaults(loaded, record);
  return { program, loaded, taskSources, tasks, log, journal, reuse };
}

/** The log of a run that nobody drives, ready to be written on. */
export async function reopenLog(ports: EnginePorts, record: FlowRunRecord): Promise<RunLog> {
  const events = await ports.store.events(runStream(record.id));
  const named = events.flatMap(({ body }) =>
    body.kind === 'task-run.named' ? [[body.taskRunId, body.name] as const] : [],
  );
  return new RunLog(ports, record, {
    lastSeq: events.at(-1)?.seq ?? 0,
    taskRunNames: new Map(named),
    attempts: events.filter(({ body }) => body.kind === 'attempt.started').length,
    ...(await lineEnd(ports.store, record.id)),
  });
}

/** Backwards until the body's last line is found: a run may have said a million. */
async function lineEnd(
  store: Store,
  id: FlowRunId,
): Promise<Omit<RunLogPosition, 'lastSeq' | 'taskRunNames' | 'attempts'>> {
  for (let limit = CHUNK_LINES; ; limit *= 10) {
    const chunks = await store.lastLinesOf(id, limit);
    const last = chunks.at(-1);
    const bodyLines = bodyLinesIn(chunks);
    if (bodyLines === 0 && (chunks[0]?.chunk ?? 0) > 0) continue;
    const { chunk: lineChunk = 0, lines: chunkLines = [] } = last ?? {};
    const lines = lineChunk * CHUNK_LINES + chunkLines.length;
    return { lineChunk, chunkLines, bodyLines, lines };
  }
}

/** The body counts its lines, so its last one tells of all before it; 0 where there is none. */
const bodyLinesIn = (chunks: readonly LineChunkRecord[]): number =>
  chunks
    .flatMap((chunk) => chunk.lines)
    .reduce((most, line) => Math.max(most, (line.ordinal ?? -1) + 1), 0);

/** A run that nobody drives any more, ready to be written on. */
interface Reopened {
  readonly ports: EnginePorts;
  readonly log: RunLog;
  readonly journal: Journal;
}

/** One commit: the run goes on and every attempt that was on is lost, or the run has ended and its tasks with it. */
async function apply(
  reopened: Reopened,
  before: FlowRunRecord,
  input: FlowInput,
): Promise<FlowRunRecord> {
  const { ports, log, journal } = reopened;
  const { record: moved, events } = transitionFlow(before, input, ports.clock.now());
  const record = withAttempts(moved, log);
  if (record.active === 0) await endSubflows(reopened, before);
  const tasks = await changeTaskRuns(
    ports,
    journal,
    before.id,
    record.active === 1
      ? { kind: 'lost', cause: ENGINE_LOST }
      : { kind: 'cancelled', reason: FLOW_RUN_ENDED },
    record.pause && { kind: 'held' },
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
  const { program, taskSources } = compiled;
  const opened = await ports.workers.open(program);
  // Nothing would take up a run that waits for another try.
  if (!opened.ok && opened.failure.kind === 'lost') return loadFailure(opened.failure.cause);
  return { program, taskSources, ...opened };
}

function loadFailure(message: string) {
  const failure: Failure = { kind: 'load', message };
  return { ok: false, failure } as const;
}
