import {
  EVENT_VERSION,
  type EventBody,
  type FlowRunEvent,
  type TaskRunEvent,
} from '#domain/events.ts';
import { runStream } from '#domain/ids.ts';
import type { FlowRunRecord, TaskRunRecord } from '#domain/records.ts';
import { foldRunEvents, type RunView, type TaskRunView } from '#domain/run-view.ts';
import { pending } from '#domain/states.ts';
import { transitionFlow, type FlowInput } from '#engine/flow-machine.ts';
import { effectOf, transitionTask, type TaskInput } from '#engine/task-machine.ts';
import { FLOW_RUN, flowRun, SOME_TIME, taskRun } from './builders.ts';

/** An event and the record as it was after it. */
export interface Told<Body extends EventBody> {
  readonly body: Body;
  readonly at: number;
}

const CREATED = flowRun({ state: pending() });

/** What tells that the run of `CREATED` exists. */
export const flowCreated: Extract<FlowRunEvent, { kind: 'flow-run.created' }> = {
  kind: 'flow-run.created',
  flowRunId: FLOW_RUN,
  name: CREATED.name,
  flowId: CREATED.flowId,
  flowName: CREATED.flowName,
  sourceHash: CREATED.sourceHash,
  parameters: {},
  overrides: {},
  faults: [],
  seed: 7,
  arrivalDay: 30,
  trigger: { kind: 'person' },
  runtime: 'test',
  state: pending(),
};

/** A task run that goes through the machine, input by input, and everything it says on the way. */
export class MachineRun {
  record: TaskRunRecord;
  readonly told: Told<TaskRunEvent>[] = [];
  /** One record after each input, the first before any. */
  readonly history: TaskRunRecord[];
  now = SOME_TIME;

  constructor(policy: TaskRunRecord['policy']) {
    this.record = taskRun({ policy, state: pending(), attempts: [] });
    this.history = [this.record];
  }

  give(input: TaskInput, at = this.now): void {
    this.now = at;
    const { record, events } = transitionTask(this.record, input, at);
    this.record = record;
    this.history.push(record);
    for (const body of events) this.told.push({ body, at });
  }

  /** As the engine drives it: attempts that end as given, waits that are waited for. */
  drive(ends: readonly TaskInput[], attemptMs = 100): void {
    const left = [...ends];
    for (;;) {
      const effect = effectOf(this.record);
      if (effect.kind === 'finish') return;
      if (effect.kind === 'hold') this.give({ kind: 'released' });
      else if (effect.kind === 'wait') this.give({ kind: 'retry due' }, effect.until);
      else {
        const end = left.shift();
        this.give({ kind: 'attempt started' });
        if (!end) return;
        this.give(end, this.now + attemptMs);
      }
    }
  }

  /** What the events make of it. */
  get view(): TaskRunView {
    const { id, taskName, index, name, flowAttempt, policy } = this.record;
    const created: TaskRunEvent = {
      kind: 'task-run.created',
      taskRunId: id,
      taskName,
      index,
      name,
      flowAttempt,
      dependsOn: [],
      policy,
      state: pending(),
      reason: { kind: 'called', task: 'extract' },
    };
    const view = fold([
      { body: flowCreated, at: SOME_TIME },
      { body: created, at: SOME_TIME },
      ...this.told,
    ]);
    const [taskRun] = view.taskRuns;
    if (!taskRun) throw new Error('The fold lost the task run.');
    return taskRun;
  }

  /** `Pending > Running > Completed` */
  get states(): string {
    return this.view.states.map(({ name }) => name).join(' > ');
  }
}

/** The same for a flow run. */
export class FlowMachineRun {
  record: FlowRunRecord;
  readonly told: Told<FlowRunEvent>[];
  readonly history: FlowRunRecord[];

  constructor(created: FlowRunRecord = CREATED) {
    this.record = created;
    this.told = [{ body: { ...flowCreated, state: created.state }, at: SOME_TIME }];
    this.history = [created];
  }

  give(input: FlowInput, at: number): void {
    const { record, events } = transitionFlow(this.record, input, at);
    this.record = record;
    this.history.push(record);
    for (const body of events) this.told.push({ body, at });
  }

  get view(): RunView {
    return fold(this.told);
  }
}

function fold(told: readonly Told<EventBody>[]): RunView {
  const view = foldRunEvents(
    told.map(({ body, at }, i) => ({
      v: EVENT_VERSION,
      streamId: runStream(FLOW_RUN),
      seq: i + 1,
      at,
      body,
    })),
  );
  if (!view) throw new Error('The fold lost the run.');
  return view;
}
