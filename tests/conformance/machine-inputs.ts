import type { FlowInput } from '#engine/flow-machine.ts';
import type { TaskInput } from '#engine/task-machine.ts';
import { completed } from '#domain/states.ts';
import { FLOW_RUN, hash, SOME_TIME, taskPolicy } from '#tests/support/builders.ts';
import { FlowMachineRun, MachineRun } from '#tests/support/machine-runs.ts';

type Every<Input extends { kind: string }> = {
  readonly [Kind in Input['kind']]: Extract<Input, { kind: Kind }>;
};

const failure = { kind: 'exception', name: 'ValueError', message: 'x' } as const;

// Records by kind: a new kind of input is a type error here until it is among them.
const taskInputs: Every<TaskInput> = {
  'attempt started': { kind: 'attempt started' },
  succeeded: { kind: 'succeeded', result: { hash: hash(1), bytes: 1, label: '1' } },
  failed: { kind: 'failed', failure },
  lost: { kind: 'lost', cause: 'worker terminated' },
  'retry due': { kind: 'retry due' },
  cancelled: { kind: 'cancelled', reason: 'not needed' },
  'upstream failed': { kind: 'upstream failed', taskRun: 'f-0' },
  reused: {
    kind: 'reused',
    state: completed(),
    result: { hash: hash(1), bytes: 1, label: '1' },
    from: { flowRunId: FLOW_RUN, flowRunName: 'splendid-otter', taskRun: 'f-0' },
  },
};
const flowInputs: Every<FlowInput> = {
  begun: { kind: 'begun' },
  returned: { kind: 'returned' },
  threw: { kind: 'threw', failure },
  lost: { kind: 'lost', cause: 'worker terminated' },
  'retry due': { kind: 'retry due' },
  'cancel asked': { kind: 'cancel asked', reason: 'not needed' },
  cancelled: { kind: 'cancelled', reason: 'not needed' },
};

/** Everything that can happen to a task run, and to a flow run. */
export const TASK_INPUTS: readonly TaskInput[] = Object.values(taskInputs);
export const FLOW_INPUTS: readonly FlowInput[] = Object.values(flowInputs);

const TASK_PATHS = {
  Running: [],
  Retrying: ['failed'],
  AwaitingRetry: ['failed'],
  Recovering: ['lost'],
  Completed: ['succeeded'],
  Failed: ['failed'],
  Crashed: ['lost'],
  Cancelled: ['cancelled'],
} as const satisfies Record<string, readonly TaskInput['kind'][]>;
const FLOW_PATHS = {
  Running: [],
  Recovering: ['lost'],
  Cancelling: ['cancel asked'],
  Completed: ['returned'],
  Failed: ['threw'],
  Crashed: ['lost', 'lost', 'lost', 'lost'],
  Cancelled: ['cancel asked', 'cancelled'],
} as const satisfies Record<string, readonly FlowInput['kind'][]>;

type TaskState = keyof typeof TASK_PATHS;
type FlowState = keyof typeof FLOW_PATHS;

/** A task run that has come to the state. */
export function taskIn(state: TaskState): MachineRun {
  const retries = state === 'Retrying' || state === 'AwaitingRetry' ? 1 : 0;
  const retryDelaysSeconds = state === 'AwaitingRetry' ? [5] : [0];
  const recoveries = state === 'Crashed' ? 0 : 3;
  const run = new MachineRun(taskPolicy({ retries, retryDelaysSeconds, recoveries }));
  run.give(taskInputs['attempt started']);
  for (const kind of TASK_PATHS[state]) run.give(taskInputs[kind]);
  return arrived(run, state);
}

/** A flow run that has come to the state. */
export function flowIn(state: FlowState): FlowMachineRun {
  const run = new FlowMachineRun();
  run.give(flowInputs.begun, SOME_TIME);
  for (const kind of FLOW_PATHS[state]) run.give(flowInputs[kind], SOME_TIME);
  return arrived(run, state);
}

function arrived<Run extends MachineRun | FlowMachineRun>(run: Run, state: string): Run {
  const { name } = run.record.state;
  if (name !== state) throw new Error(`It was to be ${state} and is ${name}.`);
  return run;
}

const ENDS = ['Completed', 'Failed', 'Crashed', 'Cancelled'] as const;

export const endedTasks = () => ENDS.map((state) => [state, taskIn(state)] as const);
export const endedFlows = () => ENDS.map((state) => [state, flowIn(state)] as const);
