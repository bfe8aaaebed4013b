import type { EventBody } from '#domain/events.ts';
import type { Fault } from '#domain/faults.ts';
import type { TaskRunId } from '#domain/ids.ts';
import type { OriginRequest } from '#domain/origin.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { isOver } from '#domain/states.ts';
import { endOf, nameOf, type EarlierCall, type EarlierRun } from './earlier-run.ts';

/** What decides about reuse apart from the calls themselves. */
export type ReusingRun = Pick<
  FlowRunRecord,
  'sourceHash' | 'seed' | 'arrivalDay' | 'overrides' | 'faults'
>;

/** What forbids to reuse anything. */
export function whyNothing(
  { record }: EarlierRun,
  origin: OriginRequest,
  run: ReusingRun,
): string | undefined {
  if (origin.kind === 're-run' && origin.from === undefined) return 'everything runs again';
  if (record.sourceHash !== run.sourceHash && !origin.anySource) return 'the source differs';
  if (origin.kind === 'fork' || origin.from !== 'changes') return undefined;
  if (record.seed !== run.seed) return `the seed is ${run.seed} and was ${record.seed}`;
  if (record.arrivalDay === run.arrivalDay) return undefined;
  return `the data is that of day ${run.arrivalDay} and was that of day ${record.arrivalDay}`;
}

/** A call that left nothing to reuse. */
export function whyNotKept({ journal, taskRun }: EarlierCall): string | undefined {
  if (journal.operation === 'sleep')
    return journal.outcome ? undefined : 'it had not ended when the run did';
  if (journal.operation !== 'task') return 'it is no task run';
  if (taskRun?.state.type === 'COMPLETED' && taskRun.result) return undefined;
  return 'it did not complete';
}

/** Why a call runs again, by what the origin says. */
export type Rule = (call: EarlierCall) => string | undefined;

export function ruleOf(earlier: EarlierRun, origin: OriginRequest, run: ReusingRun): Rule {
  if (origin.kind === 'fork')
    return ({ journal }) => (endOf(journal) > origin.at ? 'it had not ended by then' : undefined);
  if (origin.from === 'changes') return changedRule(earlier.record, run);
  return anchorRule(earlier, origin.from);
}

function changedRule(before: FlowRunRecord, run: ReusingRun): Rule {
  return ({ taskRun }) => {
    if (!taskRun) return undefined;
    const { taskName } = taskRun;
    if (differ(before.overrides[taskName], run.overrides[taskName]))
      return `the settings of ${taskName} differ`;
    const faults = [before.faults, run.faults].map((all) => faultsOf(all, taskName));
    return differ(faults[0], faults[1]) ? `the faults of ${taskName} differ` : undefined;
  };
}

const faultsOf = (faults: readonly Fault[], task: string): readonly Fault[] =>
  faults.filter((fault) => fault.task === task);

/** Both are plain data whose fields were written in one order: a difference of that alone costs a run, no more. */
const differ = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) !== JSON.stringify(other);

function anchorRule({ calls, events }: EarlierRun, name: string | undefined): Rule {
  const anchor = calls.find(({ taskRun }) => taskRun && nameOf(taskRun) === name);
  if (!anchor?.taskRun) return () => undefined;
  const { taskRun, journal } = anchor;
  const dependent = dependentsOf(taskRun.id, events);
  const endedAt = events.find(({ body }) => isEndOf(body, taskRun.id))?.seq ?? Infinity;
  const createdAt = new Map(
    events.flatMap(({ seq, body }) =>
      body.kind === 'task-run.created' ? [[body.taskRunId, seq] as const] : [],
    ),
  );
  return (call) => {
    if (call === anchor) return 'the re-run begins with it';
    if (call.journal.call < journal.call) return undefined;
    if (call.taskRun && dependent.has(call.taskRun.id)) return `it depends on ${name}`;
    const later = call.taskRun
      ? (createdAt.get(call.taskRun.id) ?? Infinity) > endedAt
      : call.journal.calledAt >= endOf(journal);
    return later ? `it was called after ${name} had ended` : undefined;
  };
}

/** Everything that received its result, directly or not. */
function dependentsOf(anchor: TaskRunId, events: EarlierRun['events']): ReadonlySet<TaskRunId> {
  const found = new Set([anchor]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { body } of events)
      if (body.kind === 'task-run.created' && body.dependsOn.some((one) => found.has(one)))
        found.add(body.taskRunId);
  }
  return found;
}

const isEndOf = (body: EventBody, id: TaskRunId): boolean =>
  body.kind === 'task-run.state' && body.taskRunId === id && isOver(body.state);
