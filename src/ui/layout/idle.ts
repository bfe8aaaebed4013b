import type { AttemptView, RunView } from '#domain/run-view.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Gap extends Span {
  /** The tab was closed or frozen: nothing could have happened. */
  readonly asleep: boolean;
  /** The run waited for a person. */
  readonly paused: boolean;
}

const SHORTEST_MS = 1000;
const SHARE = 0.1;

/** Stretches in which nothing ran, waited or queued, and which are longer than a tenth of the whole. */
export function idleGaps(view: RunView, to: number): readonly Gap[] {
  const from = view.createdAt;
  const least = Math.max(SHORTEST_MS, (to - from) * SHARE);
  const busy = activity(view, to).sort((a, b) => a.from - b.from);
  const gaps: Span[] = [];
  let reached = from;
  for (const span of [...busy, { from: to, to }]) {
    if (span.from - reached > least) gaps.push({ from: reached, to: span.from });
    reached = Math.max(reached, span.to);
  }
  const sleeps = sleepsOf(view);
  const pauses = pausesOf(view, to);
  return gaps.map((gap) => ({
    ...gap,
    asleep: sleeps.some((sleep) => overlap(gap, sleep)),
    paused: pauses.some((pause) => overlap(gap, pause)),
  }));
}

/** When an attempt last gave a sign of life: one that went down with its tab is only found lost on the next start. */
export function lastSignOf(view: RunView, attempt: AttemptView): number {
  const end = attempt.endedAt;
  if (end === undefined || !isSleep(attempt)) return end ?? view.lastAt;
  const earlier = instants(view).filter((at) => at < end);
  return Math.max(attempt.startedAt, ...earlier);
}

const isSleep = ({ failure }: AttemptView): boolean =>
  failure?.kind === 'lost' && failure.cause === 'engine stopped or tab closed';

function activity(view: RunView, to: number): Span[] {
  return view.taskRuns.flatMap((taskRun) => {
    const queue = {
      from: taskRun.createdAt,
      to: taskRun.attempts[0]?.startedAt ?? taskRun.endedAt ?? to,
    };
    const attempts = taskRun.attempts.map((attempt) => ({
      from: attempt.startedAt,
      to: attempt.endedAt === undefined ? to : lastSignOf(view, attempt),
    }));
    const waits = taskRun.waits.map((wait) => ({
      from: wait.from,
      to: Math.min(wait.until, wait.endedAt ?? wait.until),
    }));
    return [queue, ...attempts, ...waits];
  });
}

/** From the last sign of life to the instant the loss was found. */
function sleepsOf(view: RunView): readonly Span[] {
  const attempts = view.taskRuns.flatMap((taskRun) => taskRun.attempts);
  return attempts
    .filter(isSleep)
    .map((attempt) => ({ from: lastSignOf(view, attempt), to: attempt.endedAt ?? view.lastAt }));
}

const pausesOf = ({ states, endedAt }: RunView, to: number): readonly Span[] =>
  states.flatMap(({ type, at }, i) =>
    type === 'PAUSED' ? [{ from: at, to: states[i + 1]?.at ?? endedAt ?? to }] : [],
  );

function instants(view: RunView): readonly number[] {
  const own = view.states.map(({ at }) => at);
  const theirs = view.taskRuns.flatMap((taskRun) => [
    ...taskRun.states.map(({ at }) => at),
    ...taskRun.checkpoints.map(({ at }) => at),
    ...taskRun.attempts.flatMap(({ startedAt, endedAt }) =>
      endedAt === undefined ? [startedAt] : [startedAt, endedAt],
    ),
  ]);
  return [...own, ...theirs];
}

const overlap = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;
