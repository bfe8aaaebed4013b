import type { FlowDescription } from '#domain/engine-api.ts';
import type { RunView, TaskRunView } from '#domain/run-view.ts';
import { isTerminal, type State } from '#domain/states.ts';
import { taskRunById } from '#domain/task-run-list.ts';
import { count, countdown, duration, plural } from './numbers.ts';
import { attemptsAllowed, briefFailure, reusedFrom, shownTaskState } from './words.ts';

/** One task of the flow; its task runs are told together. */
export interface GraphNode {
  /** The task's name. */
  readonly id: string;
  readonly name: string;
  /** Absent: not started. */
  readonly state?: State;
  /** Instead of the state's own word: `Retry in 3.2 s`. */
  readonly word?: string;
  /** `3 attempts, waited 10.0 s` */
  readonly detail: string;
  readonly attempts?: { readonly made: number; readonly allowed: number };
  readonly gate?: boolean;
  readonly dependsOn: readonly string[];
}

/** More than can be told apart; the rest is counted. */
export const MOST_NODES = 100;

/** The tasks of a run, with those of the flow that it has not reached; edges are what was seen, none is invented. */
export function graphNodes(
  view: RunView | undefined,
  flow: FlowDescription | undefined,
  now: number,
): GraphNode[] {
  const groups = new Map<string, TaskRunView[]>(flow?.tasks.map(({ name }) => [name, []]));
  for (const taskRun of view?.taskRuns ?? []) {
    const group = groups.get(taskRun.taskName);
    if (group) group.push(taskRun);
    else groups.set(taskRun.taskName, [taskRun]);
  }
  return [...groups].map(([name, taskRuns]) => nodeOf(name, taskRuns, view, now));
}

function nodeOf(
  name: string,
  taskRuns: readonly TaskRunView[],
  view: RunView | undefined,
  now: number,
): GraphNode {
  const first = taskRuns[0];
  if (!view || !first) return { id: name, name, detail: '', dependsOn: [] };
  return {
    id: name,
    name,
    state: tellingState(taskRuns),
    ...wordOf(taskRuns, now),
    detail: taskRuns.length === 1 ? detailOf(first, view, now) : groupDetail(taskRuns),
    ...(taskRuns.length === 1 ? { attempts: attemptsOf(first) } : {}),
    ...(taskRuns.some(({ id }) => id === view.verdict?.taskRunId) ? { gate: true } : {}),
    dependsOn: namesBefore(taskRuns, view),
  };
}

const attemptsOf = (taskRun: TaskRunView) => ({
  made: taskRun.attempts.length,
  allowed: attemptsAllowed(taskRun),
});

function detailOf(taskRun: TaskRunView, view: RunView, now: number): string {
  const last = taskRun.attempts.at(-1);
  if (!last) return reusedTold(taskRun);
  if (isWaiting(taskRun)) return last.failure ? briefFailure(last.failure) : '';
  if (view.verdict?.taskRunId === taskRun.id) return verdictTold(view);
  if (taskRun.attempts.length > 1) return attemptsTold(taskRun);
  const label = taskRun.result?.label ?? '';
  return [label, worked(taskRun, now)].filter((part) => part !== '').join(', ');
}

function reusedTold(taskRun: TaskRunView): string {
  const from = reusedFrom(taskRun);
  if (!from) return '';
  return `${taskRun.state.name === 'Completed' ? '' : 'reused '}from ${from.flowRunName}`;
}

function wordOf(taskRuns: readonly TaskRunView[], now: number): { readonly word?: string } {
  const dues = taskRuns.filter(isWaiting).map(({ waits }) => waits.at(-1)?.until ?? now);
  const running = taskRuns.some(({ state }) => state.type === 'RUNNING');
  return dues.length === 0 || running
    ? {}
    : { word: `Retry in ${countdown(Math.min(...dues) - now)}` };
}

const isWaiting = ({ waits, state }: TaskRunView): boolean =>
  waits.length > 0 && waits.at(-1)?.endedAt === undefined && !isTerminal(state);

function verdictTold({ model, verdict }: RunView): string {
  if (!verdict) return '';
  return verdict.verdict.promoted && model
    ? `${model.name} v${model.version}`
    : verdict.verdict.reason;
}

function attemptsTold(taskRun: TaskRunView): string {
  const waited = taskRun.waits.reduce(
    (sum, { from, endedAt }) => sum + ((endedAt ?? from) - from),
    0,
  );
  const attempts = plural(taskRun.attempts.length, 'attempt');
  return waited > 0 ? `${attempts}, waited ${duration(waited)}` : attempts;
}

/** Time spent in attempts; waiting does not count. */
function worked(taskRun: TaskRunView, now: number): string {
  return duration(
    taskRun.attempts.reduce((sum, { startedAt, endedAt }) => sum + (endedAt ?? now) - startedAt, 0),
  );
}

function groupDetail(taskRuns: readonly TaskRunView[]): string {
  const completed = taskRuns.filter(({ state }) => state.type === 'COMPLETED').length;
  const reused = taskRuns.filter(reusedFrom).length;
  const told = `${count(completed)} of ${count(taskRuns.length)} completed`;
  return `${told}${reused > 0 ? `, ${count(reused)} reused` : ''}`;
}

/** What a group of task runs is said to be: the most telling state among them. */
const TELLING = [
  'RUNNING',
  'FAILED',
  'CRASHED',
  'SCHEDULED',
  'PENDING',
  'PAUSED',
  'CANCELLING',
  'CANCELLED',
  'COMPLETED',
];

function tellingState(taskRuns: readonly TaskRunView[]): State | undefined {
  let telling: State | undefined;
  let best = Infinity;
  for (const taskRun of taskRuns) {
    const state = shownTaskState(taskRun);
    const rank = TELLING.indexOf(state.type) + (state.name === 'Reused' ? 0.5 : 0);
    if (rank < best) [telling, best] = [state, rank];
  }
  return telling;
}

function namesBefore(taskRuns: readonly TaskRunView[], view: RunView): readonly string[] {
  const own = taskRuns[0]?.taskName;
  const names = new Set<string>();
  for (const { dependsOn } of taskRuns)
    for (const id of dependsOn) {
      const name = taskRunById(view.taskRuns, id)?.taskName;
      if (name !== undefined && name !== own) names.add(name);
    }
  return [...names];
}
