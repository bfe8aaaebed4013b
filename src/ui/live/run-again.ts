import type { RunRequest } from '#domain/engine-api.ts';
import type { OriginRequest } from '#domain/origin.ts';
import type { RunView, TaskRunView } from '#domain/run-view.ts';

/** What can be begun from a finished run. */
export interface RunAgainChoices {
  /** Name of the task run that failed last. */
  readonly failed?: string;
  /** Of the last flow attempt, in order of creation. */
  readonly taskRuns: readonly string[];
}

export function runAgainChoices(view: RunView): RunAgainChoices {
  const last = Math.max(...view.taskRuns.map(({ flowAttempt }) => flowAttempt));
  const taskRuns = view.taskRuns.filter(({ flowAttempt }) => flowAttempt === last);
  const failed = taskRuns.findLast(
    ({ state: { type } }) => type === 'FAILED' || type === 'CRASHED',
  );
  return { taskRuns: taskRuns.map(nameOf), ...(failed ? { failed: nameOf(failed) } : {}) };
}

/** `train-0`, as an origin names it. */
const nameOf = ({ id }: TaskRunView): string => id.slice(id.lastIndexOf('/') + 1);

/** The same run again, from its own source; only what it is made from is new. */
export function requestAgain(
  { created }: RunView,
  origin: OriginRequest,
  withoutFaults: boolean,
): RunRequest {
  const { flowId, parameters, overrides, faults, seed, arrivalDay } = created;
  return {
    flowId,
    files: [],
    parameters,
    overrides,
    faults: withoutFaults ? [] : faults,
    seed,
    arrivalDay,
    trigger: { kind: 'person' },
    origin,
  };
}

/** What a run with other settings is made from: the instant that is looked at, or the whole run. */
export const originForLab = ({ created }: RunView, playhead: number | undefined): OriginRequest =>
  playhead === undefined
    ? { kind: 're-run', flowRunId: created.flowRunId, from: 'changes' }
    : { kind: 'fork', flowRunId: created.flowRunId, at: playhead };
