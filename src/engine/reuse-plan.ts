import type { Verdict } from '#domain/gate.ts';
import type { TaskRunId } from '#domain/ids.ts';
import type { OriginRequest } from '#domain/origin.ts';
import type { RunOrigin } from '#domain/reasons.ts';
import type { FlowRunRecord, TaskRunRecord } from '#domain/records.ts';
import { endOf, nameOf, type EarlierCall, type EarlierRun } from './earlier-run.ts';
import { ruleOf, whyNothing, whyNotKept, type ReusingRun, type Rule } from './reuse-rules.ts';

/** What a new run may take over from the run it is made from. */
export interface ReusePlan {
  readonly earlier: FlowRunRecord;
  readonly calls: ReadonlyMap<number, PlannedCall>;
  /** Why nothing at all is reused. */
  readonly nothing?: string;
}

/** A call of the earlier run. It is reused for the call with the same number, subject and arguments. */
export interface PlannedCall extends EarlierCall {
  /** Why it runs again, whatever its arguments are. */
  readonly again?: string;
  /** Where it really ran: the earlier run may have reused it as well. */
  readonly from?: RunOrigin;
  /** The last that a gate in it gave. */
  readonly verdict?: Verdict;
}

/**
 * Pure, and made again from what is stored whenever a run is taken up.
 *
 * Task runs that did not complete run again in any case. Of the others:
 * - a fork reuses what had ended by its instant;
 * - a re-run from a task run reuses what the body had called before that one ended, and what does not depend on it: the
 *   body knew nothing of its outcome then, so nothing of it, neither a value nor a branch, can have gone into them;
 * - a re-run with changes reuses all, but for tasks whose own overrides or faults differ, and nothing under another
 *   seed or arrival day, which any task may read.
 *
 * A sleep is reused, and ends at once, unless something that runs again was under way during it: it may have been the
 * limit of a wait.
 */
export function planReuse(earlier: EarlierRun, origin: OriginRequest, run: ReusingRun): ReusePlan {
  const nothing = whyNothing(earlier, origin, run);
  const whyAgain = ruleOf(earlier, origin, run);
  const told = toldOf(earlier);
  const tasks = earlier.calls.map((one): PlannedCall => {
    const again = nothing ?? whyNotKept(one) ?? (one.taskRun && whyAgain(one));
    return { ...one, ...told(one), ...(again === undefined ? {} : { again }) };
  });
  const calls = tasks.map((one) =>
    one.journal.operation === 'sleep' ? planSleep(one, tasks, whyAgain) : one,
  );
  return {
    earlier: earlier.record,
    calls: new Map(calls.map((one) => [one.journal.call, one])),
    ...(nothing === undefined ? {} : { nothing }),
  };
}

/** The task run that a re-run from `failed` begins with. */
export const lastFailed = ({ calls }: EarlierRun): TaskRunRecord | undefined =>
  calls.findLast(({ taskRun }) => taskRun?.state.type === 'FAILED' || isCrashed(taskRun))?.taskRun;

const isCrashed = (taskRun: TaskRunRecord | undefined): boolean =>
  taskRun?.state.type === 'CRASHED';

function planSleep(sleep: PlannedCall, all: readonly PlannedCall[], whyAgain: Rule): PlannedCall {
  const again = sleep.again ?? whyAgain(sleep) ?? whyOverlapped(sleep, all);
  return again === undefined ? sleep : { ...sleep, again };
}

function whyOverlapped({ journal }: PlannedCall, all: readonly PlannedCall[]): string | undefined {
  const during = all.find(
    ({ again, journal: other }) =>
      other.operation !== 'sleep' &&
      again !== undefined &&
      other.calledAt < endOf(journal) &&
      endOf(other) > journal.calledAt,
  );
  if (!during) return undefined;
  const name = during.taskRun ? nameOf(during.taskRun) : during.journal.subject;
  return `${name}, which runs again, was under way`;
}

/** What only the events of the earlier run tell of a call. */
function toldOf({ record, events }: EarlierRun) {
  const verdicts = new Map<TaskRunId, Verdict>();
  const origins = new Map<TaskRunId, RunOrigin>();
  for (const { body } of events) {
    if (body.kind === 'verdict.decided') verdicts.set(body.taskRunId, body.verdict);
    if (body.kind === 'task-run.state' && body.reason.kind === 'reused')
      origins.set(body.taskRunId, body.reason.from);
  }
  return ({ taskRun }: EarlierCall): Pick<PlannedCall, 'from' | 'verdict'> => {
    if (!taskRun) return {};
    const here = { flowRunId: record.id, flowRunName: record.name, taskRun: nameOf(taskRun) };
    const verdict = verdicts.get(taskRun.id);
    return { from: origins.get(taskRun.id) ?? here, ...(verdict ? { verdict } : {}) };
  };
}
