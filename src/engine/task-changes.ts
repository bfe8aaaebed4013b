import type { TaskRunEvent } from '#domain/events.ts';
import type { FlowRunId } from '#domain/ids.ts';
import { isOver } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import { outcomeOf, type Journal } from './journal.ts';
import type { EnginePorts } from './ports.ts';
import { transitionTask, type TaskInput } from './task-machine.ts';
import type { TaskTransition } from './task-transition.ts';

/** What happens to all stored task runs of a run at once, for the commit that tells it. */
export async function changeTaskRuns(
  { store, clock }: Pick<EnginePorts, 'store' | 'clock'>,
  journal: Journal,
  flowRunId: FlowRunId,
  input: TaskInput,
  /** What happens right after to those that are in state RUNNING then. */
  then?: TaskInput,
): Promise<{ readonly events: readonly TaskRunEvent[]; readonly writes: readonly Write[] }> {
  const at = clock.now();
  const taskRuns = await store.taskRunsOf(flowRunId);
  const changed = taskRuns
    .map((one) => followedBy(then, transitionTask(one, input, at), at))
    .filter((one) => one.events.length > 0);
  const ended = changed.filter((one) => isOver(one.record.state));
  return {
    events: changed.flatMap((one) => one.events),
    writes: [
      ...changed.map(({ record }): Write => ({ store: 'taskRuns', op: 'put', record })),
      ...ended.map(({ record }) => journal.close(record.call, outcomeOf(record, at))),
    ],
  };
}

function followedBy(
  input: TaskInput | undefined,
  before: TaskTransition,
  at: number,
): TaskTransition {
  if (!input || before.record.state.type !== 'RUNNING') return before;
  const { record, events } = transitionTask(before.record, input, at);
  return { record, events: [...before.events, ...events] };
}
