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
const waits = [{ limit: 'tag:t', slots: 1, held: 1, holders: [], before: 0 }];
const taskInputs: Every<TaskInput> = {
  'no slot': { kind: 'no slot', waits },
  'attempt started': { kind: 'attempt started' },
  succeeded: { kind: 'succeeded', result: { hash: hash(1), bytes: 1, label: '1' } },
  failed: { kind: 'failed', failure },
  lost: { kind: 'lost', cause: 'worker terminated' },
  'retry due': { kind: 'retry due' },
  cancelled: { kind: 'cancelled', reason: 'not needed' },
  'cache hit': {
    kind: 'cache hit',
    result: { hash: hash(1), bytes: 1, label: '1' },
    key: 'k',
    from: { flowRunId: FLOW_RUN, flowRunName: 'splendid-otter', taskRun: 'f-0' },
  },
  'rolled back': { kind: 'rolled back', why: 'not needed' },
  held: { kind: 'held' },
  released: { kind: 'released' },
  'upstream failed': { kind: 'upstream failed', taskRun: 'f-0' },
  reused: {
    kind: 'reused',
    state: completed(),
    result: { hash: hash(1), bytes: 1, label: '1' },
    from: { flowRunId: FLOW_RUN, flowRunName: 'splendid-otter', taskRun: 'f-0' },
  },
};
const flowInputs: Every<FlowInput> = {
  'start due': { kind: 'start due' },
  late: { kind: 'late' },
  'no slot': { kind: 'no slot', waits },
  begun: { kind: 'begun' },
  refused: { kind: 'refused', problems: ['x: "foo" is not a number'] },
  returned: { kind: 'returned' },
  threw: { kind: 'threw', failure },
  lost: { kind: 'lost', cause: 'worker terminated', answered: 0 },
  'retry due': { kind: 'retry due' },
  paused: { kind: 'paused', call: 0, question: { timeoutSeconds: 60, suspend: false } },
  resumed: { kind: 'resumed', answer: {} },
  'pause due': { kind: 'pause due' },
  'cancel asked': { kind: 'cancel asked', reason: 'not needed' },
  cancelled: { kind: 'cancelled', reason: 'not needed' },
  'caller ended': { kind: 'caller ended', flowRunName: 'splendid-otter' },
};

/** Everything that can happen to a task run, and to a flow run. */
export const TASK_INPUTS: readonly TaskInput[] = Object.values(taskInputs);
export const FLOW_INPUTS: readonly FlowInput[] = Object.values(flowInputs);

const TASK_PATHS = {
  Running: [],
  Retrying: ['failed'],
  AwaitingRetry: ['failed'],
  Recovering: ['lost'],
  NotReady: ['lost', 'held'],
  Completed: ['succeeded'],
  Failed: ['failed'],
  Crashed: ['lost'],
  Cancelled: ['cancelled'],
} as const satisfies Record<string, readonly TaskInput['kind'][]>;
const FLOW_PATHS = {
  Running: [],
  Recovering: ['lost'],
  Paused: ['paused'],
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
