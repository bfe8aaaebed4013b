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
  const gaps: Span[] = [];
  let reached = from;
  for (const span of [...activity(view, to), { from: to, to }]) {
    if (span.from - reached > least) gaps.push({ from: reached, to: span.from });
    reached = Math.max(reached, span.to);
  }
  if (gaps.length === 0) return [];
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
  return Math.max(attempt.startedAt, lastInstantBefore(view, end));
}

const isSleep = ({ failure }: AttemptView): boolean =>
  failure?.kind === 'lost' && failure.cause === 'engine stopped or tab closed';

interface Stretch {
  from: number;
  to: number;
}

/** Stretches in which something ran, waited or queued: apart from each other, in order. */
function activity(view: RunView, to: number): readonly Span[] {
  const busy: Stretch[] = [];
  for (const taskRun of view.taskRuns) {
    const { createdAt, attempts, waits, endedAt } = taskRun;
    join(busy, createdAt, attempts[0]?.startedAt ?? endedAt ?? to);
    for (const attempt of attempts)
      join(busy, attempt.startedAt, attempt.endedAt === undefined ? to : lastSignOf(view, attempt));
    for (const wait of waits)
      join(busy, wait.from, Math.min(wait.until, wait.endedAt ?? wait.until));
  }
  return busy;
}

/** Task runs come in order of creation and overlap: the list stays short, and its end is where most belongs. */
function join(busy: Stretch[], from: number, until: number): void {
  const to = Math.max(from, until);
  const last = busy.at(-1);
  if (last && last.from <= from && from <= last.to) {
    last.to = Math.max(last.to, to);
    return;
  }
  let first = busy.length;
  while (first > 0 && (busy[first - 1]?.to ?? from) >= from) first--;
  let after = first;
  while (after < busy.length && (busy[after]?.from ?? to) <= to) after++;
  const met = busy.slice(first, after);
  const joined = {
    from: Math.min(from, met[0]?.from ?? from),
    to: Math.max(to, met.at(-1)?.to ?? to),
  };
  busy.splice(first, met.length, joined);
}

/** From the last sign of life to the instant the loss was found. */
function sleepsOf(view: RunView): readonly Span[] {
  const attempts = view.taskRuns.flatMap((taskRun) => taskRun.attempts.filter(isSleep));
  return attempts.map((attempt) => ({
    from: lastSignOf(view, attempt),
    to: attempt.endedAt ?? view.lastAt,
  }));
}

const pausesOf = ({ states, endedAt }: RunView, to: number): readonly Span[] =>
  states.flatMap(({ type, at }, i) =>
    type === 'PAUSED' ? [{ from: at, to: states[i + 1]?.at ?? endedAt ?? to }] : [],
  );

/** Attempts that went down together ask for the same instant. */
const KNOWN = new WeakMap<RunView, Map<number, number>>();

function lastInstantBefore(view: RunView, end: number): number {
  const known = KNOWN.get(view) ?? new Map<number, number>();
  KNOWN.set(view, known);
  const found = known.get(end) ?? latest(view, end);
  known.set(end, found);
  return found;
}

function latest({ states, taskRuns }: RunView, end: number): number {
  let last = -Infinity;
  const see = (at: number | undefined): void => {
    if (at !== undefined && at < end && at > last) last = at;
  };
  for (const { at } of states) see(at);
  for (const taskRun of taskRuns) {
    for (const { at } of taskRun.states) see(at);
    for (const { at } of taskRun.checkpoints) see(at);
    for (const { startedAt, endedAt } of taskRun.attempts) {
      see(startedAt);
      see(endedAt);
    }
  }
  return last;
}

const overlap = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;
