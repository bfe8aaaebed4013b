import type { EventBody, FlowRunEvent, TaskRunEvent } from '#domain/events.ts';
import { quoteFailure, type Failure } from '#domain/failures.ts';
import { describeOrigin } from '#domain/origin.ts';
import { describeReason } from '#domain/reasons.ts';
import type { RetryDecision } from '#domain/retry.ts';
import type { TaskRunId } from '#domain/ids.ts';
import type { LogLevel, LogLine } from '#domain/lines.ts';
import { describeState, isTerminal, type State } from '#domain/states.ts';

type Said = Omit<LogLine, 'at'>;

/** The log lines that the engine itself says about an event, worded as Prefect words them. */
export function sayEvent(body: EventBody, flowRunName: string): readonly Said[] {
  switch (body.kind) {
    case 'flow-run.created':
      return sayCreated(body);
    case 'flow-run.state':
      return sayFlowState(body, flowRunName);
    case 'task-run.state':
      return sayTaskState(body);
    case 'attempt.started':
      return sayAttempt(body);
    default:
      return [];
  }
}

function sayCreated({
  name,
  flowName,
  trigger,
  origin,
}: Extract<FlowRunEvent, { kind: 'flow-run.created' }>): readonly Said[] {
  const created = engine(`Created flow run '${name}' for flow '${flowName}'`);
  const made = origin ? [engine(describeOrigin(origin))] : [];
  if (trigger.kind !== 'schedule') return [created, ...made];
  const due = new Date(trigger.dueAt).toISOString();
  const ticked = engine(`It was due at ${due} by the schedule of '${trigger.deployment}'`);
  return [created, ...made, ticked];
}

const engine = (message: string): Said => ({
  kind: 'log',
  level: 'INFO',
  logger: 'nightshift.engine',
  message,
});

function sayFlowState(
  body: Extract<FlowRunEvent, { kind: 'flow-run.state' }>,
  flowRunName: string,
): readonly Said[] {
  const flow = (level: LogLevel, message: string): Said => ({
    kind: 'log',
    level,
    logger: `Flow run '${flowRunName}'`,
    message,
  });
  if (body.state.name === 'Recovering') return [flow('WARNING', describeReason(body.reason))];
  if (body.retry && body.failure)
    return [flow('INFO', retryText('Flow', body.failure, body.retry))];
  if (!isTerminal(body.state)) return [];
  return [flow(levelOf(body.state), `Finished in state ${describeState(body.state)}`)];
}

function sayTaskState(body: Extract<TaskRunEvent, { kind: 'task-run.state' }>): readonly Said[] {
  const { state, failure, retry } = body;
  const say = (level: LogLevel, message: string) =>
    taskLine(body.taskRunId, body.attempt, level, message);
  if (state.name === 'Recovering') return [say('WARNING', describeReason(body.reason))];
  if (retry && failure) return [say('INFO', retryText('Task', failure, retry))];
  if (!isTerminal(state)) return [];
  const finished = say(levelOf(state), `Finished in state ${describeState(state)}`);
  if (body.reason.kind === 'reused')
    return [say('INFO', `Reused: ${describeReason(body.reason)}`), finished];
  if (state.type !== 'FAILED' || !failure) return [finished];
  const exhausted = body.retriesExhausted ? ' - Retries are exhausted' : '';
  return [
    say('ERROR', `Task run failed with exception: ${quoteFailure(failure)}${exhausted}`),
    finished,
  ];
}

function retryText(subject: 'Task' | 'Flow', failure: Failure, retry: RetryDecision): string {
  const when = retry.delayMs === 0 ? 'immediately' : `${retry.delayMs / 1000} second(s) from now`;
  const which = `Retry ${retry.retry}/${retry.retries} will start ${when}`;
  return `${subject} run failed with exception: ${quoteFailure(failure)} - ${which}`;
}

function sayAttempt(body: Extract<TaskRunEvent, { kind: 'attempt.started' }>): readonly Said[] {
  if (body.resumesAt === undefined) return [];
  const percent = Math.round(body.resumesAt * 100);
  const message = `Attempt ${body.attempt} may resume from the checkpoint at ${percent} %`;
  return [taskLine(body.taskRunId, body.attempt, 'INFO', message)];
}

function taskLine(taskRunId: TaskRunId, attempt: number, level: LogLevel, message: string): Said {
  const name = taskRunId.slice(taskRunId.lastIndexOf('/') + 1);
  return { kind: 'log', level, logger: `Task run '${name}'`, message, taskRunId, attempt };
}

const levelOf = (state: State): LogLevel =>
  state.type === 'FAILED' || state.type === 'CRASHED' ? 'ERROR' : 'INFO';
