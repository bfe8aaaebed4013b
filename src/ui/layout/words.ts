import { describeFailure, type Failure } from '#domain/failures.ts';
import type { Trigger } from '#domain/events.ts';
import { describeReason, type RunOrigin } from '#domain/reasons.ts';
import { describeRetryRule } from '#domain/retry.ts';
import type { AttemptView, RunView, TaskRunView, WaitView } from '#domain/run-view.ts';
import { isTerminal, type State } from '#domain/states.ts';
import { countdown, duration, plural } from './numbers.ts';
import { stateLook } from './state-look.ts';

/** The run in one sentence: how it ended, or what it is doing. */
export function outcomeSentence(
  view: RunView,
  championBefore?: { readonly version: number },
  now: number = view.lastAt,
): string {
  if (!isTerminal(view.state)) return doing(view, now);
  const took = `took ${duration((view.endedAt ?? view.lastAt) - view.createdAt)}`;
  if (view.state.type === 'FAILED') return `${failedSentence(view)}; ${took}`;
  if (view.state.type !== 'COMPLETED')
    return `${view.state.name}: ${describeReason(view.state.reason)}; ${took}`;
  if (!view.verdict) return took;
  const { promoted, reason } = view.verdict.verdict;
  if (promoted) return `${promotedTo(view)}: ${reason}; ${took}`;
  return `Rejected by the gate: ${reason}${championBefore ? `; ${championName(championBefore.version)} stays` : ''}; ${took}`;
}

/** `champion v4`; version 0 is the one that every visitor starts with. */
const championName = (version: number): string =>
  version === 0 ? 'version 0 (shipped with the site)' : `champion v${version}`;

function promotedTo(view: RunView): string {
  if (view.model) return `promoted to ${championName(view.model.version)}`;
  const from = reusedFrom(view.taskRuns.find(({ id }) => id === view.verdict?.taskRunId));
  return from ? `promoted in ${from.flowRunName} and not again` : 'promoted';
}

/** The task run whose result this one took over instead of running. */
export function reusedFrom(taskRun: TaskRunView | undefined): RunOrigin | undefined {
  const reason = taskRun?.state.reason;
  return reason?.kind === 'reused' ? reason.from : undefined;
}

/** What a task run is shown as: one that was reused, unless a gate gave it a word of its own. */
export function shownTaskState(taskRun: TaskRunView): State {
  const { state } = taskRun;
  return reusedFrom(taskRun) && state.name === 'Completed' ? { ...state, name: 'Reused' } : state;
}

function failedSentence(view: RunView): string {
  const failed = view.taskRuns.find(({ failure, state }) => failure && state.type !== 'COMPLETED');
  if (!failed?.failure)
    return `Failed: ${view.failure ? describeFailure(view.failure) : describeReason(view.state.reason)}`;
  const after = plural(failed.attempts.length, 'attempt');
  return `Failed: ${failed.taskName} failed after ${after}: ${describeFailure(failed.failure)}`;
}

/** `Waiting for your answer to "Promote it?"` */
export const pauseSentence = ({ message }: { readonly message?: string }): string =>
  `Waiting for your answer${message === undefined ? '' : ` to "${message}"`}`;

function doing(view: RunView, now: number): string {
  if (view.pause) return pauseSentence(view.pause);
  const active = view.taskRuns.filter(({ state }) => state.type === 'RUNNING');
  if (active.length > 1) return `Running ${active.length} task runs at once`;
  if (active[0]) return `Running ${active[0].taskName}, attempt ${attemptOf(active[0])}`;
  const held = view.taskRuns.find(({ state }) => state.name === 'AwaitingConcurrencySlot');
  if (held) return `Waiting: ${held.name} ${describeReason(held.state.reason)}`;
  const waiting = openWaits(view.taskRuns)[0];
  if (waiting)
    return `Waiting: ${waiting.taskRun.taskName} tries again in ${countdown(waiting.wait.until - now)}`;
  const subflow = view.subflows.find(({ state }) => !state);
  if (subflow) return `Running ${subflow.flowName} as ${subflow.name}`;
  if (view.state.name === 'Scheduled' && view.created.scheduledFor !== undefined)
    return `Scheduled: starts in ${countdown(Math.max(0, view.created.scheduledFor - now))}`;
  return view.startedAt === undefined && view.state.type !== 'SCHEDULED'
    ? 'Starting'
    : `${stateLook(view.state).word}: ${describeReason(view.state.reason)}`;
}

/** Task runs that wait for their next attempt, the next due first. */
export function openWaits(
  taskRuns: readonly TaskRunView[],
): readonly { readonly taskRun: TaskRunView; readonly wait: WaitView }[] {
  return taskRuns
    .flatMap((taskRun) => {
      const wait = taskRun.waits.at(-1);
      return wait && wait.endedAt === undefined && !isTerminal(taskRun.state)
        ? [{ taskRun, wait }]
        : [];
    })
    .sort((a, b) => a.wait.until - b.wait.until);
}

/** `2 of 3` of the attempt that is on. */
const attemptOf = (taskRun: TaskRunView): string =>
  `${Math.max(1, taskRun.attempts.length)} of ${attemptsAllowed(taskRun)}`;

/** One, the retries, and one more for each attempt that was lost: a recovery uses no retry. */
export function attemptsAllowed(taskRun: TaskRunView): number {
  const lost = taskRun.attempts.filter(({ failure }) => failure?.kind === 'lost').length;
  return Math.max(
    taskRun.attempts.length,
    1 + taskRun.policy.retries + Math.min(lost, taskRun.policy.recoveries),
  );
}

/** `extract attempt 1 of 3, failed after 0.28 s: source unavailable, injected`: the whole story of a bar. */
export function attemptSentence(taskRun: TaskRunView, attempt: AttemptView, now: number): string {
  const who = `${taskRun.taskName} attempt ${attempt.number} of ${attemptsAllowed(taskRun)}`;
  return `${who}, ${attemptEnd(taskRun, attempt, now)}`;
}

/** `failed after 0.28 s: source unavailable, injected` */
export function attemptEnd(taskRun: TaskRunView, attempt: AttemptView, now: number): string {
  if (attempt.endedAt === undefined) return `running for ${duration(now - attempt.startedAt)}`;
  const verb = endVerb(taskRun, attempt);
  const why = attempt.failure ? `: ${briefFailure(attempt.failure)}` : '';
  return `${verb}${endedAfter(attempt)}${why}${isInjected(attempt) ? ', injected' : ''}`;
}

/** `completed`, `timed out` */
export function endVerb(taskRun: TaskRunView, attempt: AttemptView): string {
  const { word } = stateLook(attemptState(taskRun, attempt));
  return word === 'TimedOut' ? 'timed out' : word.toLowerCase();
}

/** The last attempt carries the task run's own ending, so that a gate's attempt reads Promoted, not Completed. */
export function attemptState(taskRun: TaskRunView, attempt: AttemptView): AttemptView['state'] {
  const last = attempt === taskRun.attempts.at(-1);
  return last && attempt.state.type === 'COMPLETED' && isTerminal(taskRun.state)
    ? taskRun.state
    : attempt.state;
}

export const isInjected = ({ failure, fault }: AttemptView): boolean =>
  failure !== undefined &&
  (fault !== undefined || ('injected' in failure && failure.injected === true));

/** For the end of a sentence; the author's own words where there are any: `source unavailable`. */
export function briefFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'exception':
      return failure.message || failure.name;
    case 'lost':
      return failure.cause;
    case 'timeout':
      return `the limit is ${failure.seconds} s`;
    default:
      return describeFailure(failure);
  }
}

/** ` after 0.28 s`; of an attempt that went down with its tab only the finding is known, not the end. */
export function endedAfter({ startedAt, endedAt, failure }: AttemptView): string {
  if (endedAt === undefined) return '';
  const unknown = failure?.kind === 'lost' && failure.cause === 'engine stopped or tab closed';
  return unknown ? '' : ` after ${duration(endedAt - startedAt)}`;
}

/** `5 s (fixed delay), no jitter, no cap`: the right-hand side of "Next try in 4.0 s = ...". */
export const retryRule = (wait: WaitView): string => `${describeRetryRule(wait.retry)}, no cap`;

/** `Started by you` */
export function triggerSentence(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'person':
      return 'Started by you';
    case 'schedule':
      return `Started by the schedule of ${trigger.deployment}`;
    case 'link':
      return 'Started from a shared link';
    case 'command line':
      return 'Started from the command line';
    case 'flow':
      return `Called by ${trigger.flowRunName}`;
  }
}
