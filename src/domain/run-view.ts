import { foldArtifact, type ArtifactView } from './artifact-view.ts';
import type { NightshiftEvent, FlowRunEvent, ResultSummary, SubflowEvent } from './events.ts';
import type { CacheMiss } from './cache-policy.ts';
import type { Failure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { Verdict } from './gate.ts';
import type { FlowRunId, TaskRunId } from './ids.ts';
import type { OpenPause } from './pauses.ts';
import type { TaskPolicy } from './policies.ts';
import type { Reason } from './reasons.ts';
import type { RetryDecision } from './retry.ts';
import { isTerminal, type State, type StateEntry } from './states.ts';
import { applyToTaskRun, newTaskRun } from './task-run-fold.ts';
import { TaskRunList } from './task-run-list.ts';

/** A run as the screens see it: the fold of its events up to the playhead. */
export interface RunView {
  readonly created: Extract<FlowRunEvent, { kind: 'flow-run.created' }>;
  readonly state: ReasonedState;
  readonly states: readonly ReasonedState[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly failure?: Failure;
  /** What it waits for, while it is Paused or Suspended. */
  readonly pause?: OpenPause;
  /** In order of creation. */
  readonly taskRuns: readonly TaskRunView[];
  /** Flow runs that this one called, in order of the calls. */
  readonly subflows: readonly SubflowView[];
  readonly verdict?: {
    readonly taskRunId: TaskRunId;
    readonly verdict: Verdict;
    readonly at: number;
  };
  readonly model?: { readonly name: string; readonly version: number; readonly bytes: number };
  /** In order of creation. */
  readonly artifacts: readonly ArtifactView[];
  readonly lastSeq: number;
  readonly lastAt: number;
}

export interface ReasonedState extends StateEntry {
  readonly reason: Reason;
}

export interface SubflowView {
  readonly id: FlowRunId;
  /** `splendid-otter` */
  readonly name: string;
  readonly flowName: string;
  readonly flowAttempt: number;
  readonly call: number;
  readonly calledAt: number;
  /** How it ended; absent while it has not. */
  readonly state?: State;
  readonly endedAt?: number;
}

export interface TaskRunView {
  readonly id: TaskRunId;
  readonly taskName: string;
  /** `extract-0`, or what the author's name function gave. */
  readonly name: string;
  readonly flowAttempt: number;
  readonly dependsOn: readonly TaskRunId[];
  readonly policy: TaskPolicy;
  readonly state: ReasonedState;
  readonly states: readonly ReasonedState[];
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly attempts: readonly AttemptView[];
  readonly waits: readonly WaitView[];
  readonly failure?: Failure;
  readonly result?: ResultSummary;
  /** Why no cached result was taken; absent where the cache was not asked. */
  readonly cacheMiss?: CacheMiss;
  readonly checkpoints: readonly { readonly at: number; readonly progress: number }[];
}

export interface AttemptView {
  /** Counted from 1. */
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly state: StateEntry;
  readonly failure?: Failure;
  readonly fault?: Fault;
  readonly resumesAt?: number;
}

/** The gap between a failed attempt and the next. */
export interface WaitView {
  readonly afterAttempt: number;
  readonly from: number;
  /** When the next attempt is due. */
  readonly until: number;
  /** Absent while waiting. */
  readonly endedAt?: number;
  readonly retry: RetryDecision;
}

/** Folds one event in; unknown kinds and events already folded change nothing. */
export function foldRun(view: RunView | undefined, event: NightshiftEvent): RunView | undefined {
  return foldRunBatch(view, [event]);
}

export function foldRunEvents(events: readonly NightshiftEvent[]): RunView | undefined {
  return foldRunBatch(undefined, events);
}

/** Folds events in order, as one by one would; the list of task runs is copied once for all of them. */
export function foldRunBatch(
  view: RunView | undefined,
  events: readonly NightshiftEvent[],
): RunView | undefined {
  let next = view;
  let taskRuns: TaskRunList | undefined;
  for (const event of events) {
    const { body } = event;
    if (!next) {
      if (body.kind === 'flow-run.created') next = begin(event, body);
    } else if (body.kind !== 'flow-run.created' && event.seq > next.lastSeq) {
      taskRuns ??= new TaskRunList(next.taskRuns);
      next = { ...apply(next, taskRuns, event), lastSeq: event.seq, lastAt: event.at };
    }
  }
  return next && taskRuns ? { ...next, taskRuns: taskRuns.all } : next;
}

function begin(
  event: NightshiftEvent,
  body: Extract<FlowRunEvent, { kind: 'flow-run.created' }>,
): RunView {
  const state = { ...body.state, at: event.at, reason: { kind: 'run created' } as const };
  return {
    created: body,
    state,
    states: [state],
    createdAt: event.at,
    taskRuns: [],
    subflows: [],
    artifacts: [],
    lastSeq: event.seq,
    lastAt: event.at,
  };
}

/** Everything but the task runs, which change in the list. */
function apply(view: RunView, taskRuns: TaskRunList, event: NightshiftEvent): RunView {
  const { body, at } = event;
  switch (body.kind) {
    case 'flow-run.state':
      return withFlowState(view, body, at);
    case 'subflow.called':
      return { ...view, subflows: [...view.subflows, newSubflow(body, at)] };
    case 'subflow.ended':
      return { ...view, subflows: view.subflows.map((one) => endSubflow(one, body, at)) };
    case 'task-run.created':
      taskRuns.add(newTaskRun(body, at));
      return view;
    case 'task-run.state':
    case 'attempt.started':
    case 'attempt.ended':
    case 'checkpoint.saved':
    case 'task-run.named':
    case 'cache.missed':
      taskRuns.change(body.taskRunId, (taskRun) => applyToTaskRun(taskRun, body, at));
      return view;
    case 'verdict.decided':
      return { ...view, verdict: { taskRunId: body.taskRunId, verdict: body.verdict, at } };
    case 'model.saved':
      return { ...view, model: { name: body.model, version: body.version, bytes: body.bytes } };
    case 'artifact.saved':
      return { ...view, artifacts: foldArtifact(view.artifacts, body, at) };
    default:
      return view;
  }
}

function withFlowState(
  view: RunView,
  body: Extract<FlowRunEvent, { kind: 'flow-run.state' }>,
  at: number,
): RunView {
  const state = { ...body.state, at, reason: body.reason };
  const { pause: _over, ...rest } = view;
  return {
    ...rest,
    state,
    states: [...view.states, state],
    ...(body.pause ? { pause: body.pause } : {}),
    ...(view.startedAt === undefined && isStart(body) ? { startedAt: at } : {}),
    ...(isTerminal(state) || body.ended ? { endedAt: at } : {}),
    ...(body.failure ? { failure: body.failure } : {}),
  };
}

/** A run whose parameters are refused starts and ends at one instant. */
const isStart = ({ state, failure }: Extract<FlowRunEvent, { kind: 'flow-run.state' }>): boolean =>
  state.type === 'RUNNING' || failure?.kind === 'parameters';

function newSubflow(
  body: Extract<SubflowEvent, { kind: 'subflow.called' }>,
  calledAt: number,
): SubflowView {
  const { flowRunId: id, name, flowName, flowAttempt, call } = body;
  return { id, name, flowName, flowAttempt, call, calledAt };
}

const endSubflow = (
  subflow: SubflowView,
  { flowRunId, state }: Extract<SubflowEvent, { kind: 'subflow.ended' }>,
  at: number,
): SubflowView => (subflow.id === flowRunId ? { ...subflow, state, endedAt: at } : subflow);
