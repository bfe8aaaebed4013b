import { formatTime } from '#domain/lines.ts';
import type { AttemptView, TaskRunView, WaitView } from '#domain/run-view.ts';
import { isTerminal } from '#domain/states.ts';
import { countdown, duration, percent, plural } from './numbers.ts';
import {
  attemptsAllowed,
  briefFailure,
  endedAfter,
  endVerb,
  isInjected,
  retryRule,
} from './words.ts';

export interface AttemptStory {
  /** `extract, attempt 2 of 3` */
  readonly who: string;
  /** `failed after 0.28 s: source unavailable` */
  readonly end: string;
  readonly injected: boolean;
  readonly waiting: boolean;
  /** `waited` **5.0 s** `= 5 s (fixed delay), no jitter, no cap` */
  readonly equation?: { readonly verb: string; readonly time: string; readonly rule: string };
  /** What was left and what came next. */
  readonly rest: string;
}

/** Why an attempt ended and what it led to. */
export function attemptStory(
  taskRun: TaskRunView,
  attempt: AttemptView,
  now: number,
  offsetMinutes: number,
): AttemptStory {
  const wait = taskRun.waits.find(({ afterAttempt }) => afterAttempt === attempt.number);
  const open = wait !== undefined && wait.endedAt === undefined && !isTerminal(taskRun.state);
  return {
    who: `${taskRun.name.replace(/-0$/, '')}, attempt ${attempt.number} of ${attemptsAllowed(taskRun)}`,
    end: endOf(taskRun, attempt, now),
    injected: isInjected(attempt),
    waiting: open,
    ...(wait ? { equation: equationOf(wait, open, now) } : {}),
    rest: [
      began(attempt, offsetMinutes),
      left(taskRun, attempt),
      next(taskRun, attempt, offsetMinutes),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
  };
}

function endOf(taskRun: TaskRunView, attempt: AttemptView, now: number): string {
  const { startedAt, endedAt, failure } = attempt;
  if (endedAt === undefined) return `has been running for ${duration(now - startedAt)}`;
  const verb = endVerb(taskRun, attempt);
  return failure
    ? `${verb}${endedAfter(attempt)}: ${briefFailure(failure)}`
    : `${verb} in ${duration(endedAt - startedAt)}`;
}

function equationOf(wait: WaitView, open: boolean, now: number) {
  const rule = retryRule(wait);
  if (open) return { verb: 'next try in', time: countdown(wait.until - now), rule };
  return { verb: 'waited', time: duration((wait.endedAt ?? wait.until) - wait.from), rule };
}

function began({ resumesAt, startedAt }: AttemptView, offsetMinutes: number): string {
  const from = resumesAt === undefined ? '' : `, from its checkpoint at ${percent(resumesAt)}`;
  return `Began at ${formatTime(startedAt, offsetMinutes)}${from}.`;
}

/** What the policy still allowed when this attempt ended. */
function left(taskRun: TaskRunView, attempt: AttemptView): string {
  const { retries, recoveries } = taskRun.policy;
  const { failure, number } = attempt;
  if (!failure || failure.kind === 'cancelled') return '';
  if (failure.kind === 'lost')
    return `No retry was used: a lost attempt is started again, at most ${plural(recoveries, 'time')}.`;
  const used = taskRun.attempts.filter(
    (one) => one.number < number && one.failure?.kind !== 'lost',
  ).length;
  if (retries === 0) return 'Retries is 0: a failure is final.';
  const rest = retries - used;
  return `Retries is ${retries} and ${rest <= 0 ? 'none was' : rest === 1 ? 'one was' : `${rest} were`} left.`;
}

function next(taskRun: TaskRunView, attempt: AttemptView, offsetMinutes: number): string {
  const after = taskRun.attempts.find(({ number }) => number === attempt.number + 1);
  if (!after) return '';
  const ended = after.endedAt === undefined ? 'is running' : endVerb(taskRun, after);
  return `Attempt ${after.number} began at ${formatTime(after.startedAt, offsetMinutes)} and ${ended}.`;
}
