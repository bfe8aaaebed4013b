import type { RunHistory } from '#domain/engine-api.ts';
import type { EventBody } from '#domain/events.ts';
import { describeFailure } from '#domain/failures.ts';
import type { Verdict } from '#domain/gate.ts';
import type { TaskRunId } from '#domain/ids.ts';

/** What `npm run retrain -- --json` says about a run. */
export interface Summary {
  readonly flowRun: string;
  readonly state: string;
  readonly accuracy: number | null;
  readonly verdict: Verdict | null;
  readonly modelVersion: number | null;
  readonly taskRuns: readonly TaskRunSummary[];
}

interface TaskRunSummary {
  readonly name: string;
  readonly state: string;
  readonly attempts: readonly AttemptSummary[];
}

interface AttemptSummary {
  readonly number: number;
  readonly state: string;
  readonly durationMs: number;
  /** What the next attempt waited for. */
  readonly delayMs?: number;
  readonly message?: string;
}

type AttemptEnd = Extract<EventBody, { kind: 'attempt.ended' }>;
type TaskRunState = Extract<EventBody, { kind: 'task-run.state' }>;

export function summarise({ record, events }: RunHistory): Summary {
  const bodies = events.map((event) => event.body);
  const accuracy = record.verdict?.conditions.find((one) => one.metric === 'accuracy')?.value;
  return {
    flowRun: record.name,
    state: record.state.name,
    accuracy: accuracy ?? null,
    verdict: record.verdict ?? null,
    modelVersion: record.modelVersion ?? null,
    taskRuns: bodies
      .filter((body) => body.kind === 'task-run.created')
      .map(({ taskRunId, name }) => summariseTaskRun(name, about(bodies, taskRunId))),
  };
}

const about = (bodies: readonly EventBody[], id: TaskRunId): readonly EventBody[] =>
  bodies.filter((body) => 'taskRunId' in body && body.taskRunId === id);

function summariseTaskRun(name: string, bodies: readonly EventBody[]): TaskRunSummary {
  const states = bodies.filter((body) => body.kind === 'task-run.state');
  const ends = bodies.filter((body) => body.kind === 'attempt.ended');
  const attempts = ends.map((end) => summariseAttempt(end, states));
  return { name, state: states.at(-1)?.state.name ?? 'Pending', attempts };
}

function summariseAttempt(end: AttemptEnd, states: readonly TaskRunState[]): AttemptSummary {
  const { attempt: number, state, durationMs, failure } = end;
  const retry = states.find((one) => one.attempt === number && one.retry)?.retry;
  const message = failure ? describeFailure(failure) : state.message;
  return {
    number,
    state: state.name,
    durationMs,
    ...(retry === undefined ? {} : { delayMs: retry.delayMs }),
    ...(message === undefined ? {} : { message }),
  };
}
