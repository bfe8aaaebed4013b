import type { NightshiftEvent } from '#domain/events.ts';
import { runStream, taskRunId, type TaskRunId } from '#domain/ids.ts';
import type { OriginRequest } from '#domain/origin.ts';
import type { FlowRunRecord, JournalRecord, TaskRunRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';
import { Journal } from './journal.ts';

/** What a finished run left of the flow attempt that is reused from. */
export interface EarlierRun {
  readonly record: FlowRunRecord;
  readonly events: readonly NightshiftEvent[];
  /** In order of their numbers. */
  readonly calls: readonly EarlierCall[];
}

export interface EarlierCall {
  readonly journal: JournalRecord;
  /** Absent for a sleep. */
  readonly taskRun?: TaskRunRecord;
}

/** Undefined when the run is not stored any more. */
export async function readEarlierRun(
  store: Store,
  origin: OriginRequest,
): Promise<EarlierRun | undefined> {
  const record = await store.get('flowRuns', origin.flowRunId);
  if (!record) return undefined;
  const events = await store.events(runStream(record.id));
  const flowAttempt = flowAttemptOf(record, events, origin);
  const [journal, taskRuns] = await Promise.all([
    store.journalOf(record.id, flowAttempt),
    store.taskRunsOf(record.id),
  ]);
  return { record, events, calls: callsOf(journal, taskRuns) };
}

/** A fork goes on from the flow attempt that was on at its instant, a re-run from the last. */
function flowAttemptOf(
  { flowAttempt }: FlowRunRecord,
  events: readonly NightshiftEvent[],
  origin: OriginRequest,
): number {
  if (origin.kind === 're-run') return flowAttempt;
  const before = events.flatMap(({ at, body }) =>
    body.kind === 'flow-run.state' && at <= origin.at ? [body.flowAttempt] : [],
  );
  return before.at(-1) ?? 1;
}

function callsOf(
  journal: readonly JournalRecord[],
  taskRuns: readonly TaskRunRecord[],
): readonly EarlierCall[] {
  const known = new Map<TaskRunId, TaskRunRecord>(taskRuns.map((one) => [one.id, one]));
  const indexes = new Journal(journal);
  return journal.map((call) => {
    if (call.operation !== 'task') return { journal: call };
    const { flowRunId, flowAttempt, subject: taskName } = call;
    const index = indexes.indexOf(call);
    const taskRun = known.get(taskRunId({ flowRunId, flowAttempt, taskName, index }));
    return { journal: call, ...(taskRun ? { taskRun } : {}) };
  });
}

/** When the body had its outcome; milliseconds since the epoch. */
export const endOf = ({ outcome }: JournalRecord): number => outcome?.at ?? Infinity;

/** `train-0`: unlike the name that is shown, it never changes. */
export const nameOf = ({ taskName, index }: Pick<TaskRunRecord, 'taskName' | 'index'>): string =>
  `${taskName}-${index}`;
