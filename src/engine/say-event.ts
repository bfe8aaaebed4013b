import type { AuthorEvent, EventBody, FlowRunEvent, TaskRunEvent } from '#domain/events.ts';
import { quoteFailure, type Failure } from '#domain/failures.ts';
import { describeReason } from '#domain/reasons.ts';
import type { RetryDecision } from '#domain/retry.ts';
import type { TaskRunId } from '#domain/ids.ts';
import type { LogLevel, LogLine } from '#domain/lines.ts';
import { describeState, isTerminal, type State } from '#domain/states.ts';

type Said = Omit<LogLine, 'at'>;

/** Characters of an event's data in its line. */
const DATA_SHOWN = 300;

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
    case 'author.event':
      return [sayAuthorEvent(body, flowRunName)];
    default:
      return [];
  }
}

function sayCreated({
  name,
  flowName,
  trigger,
}: Extract<FlowRunEvent, { kind: 'flow-run.created' }>): readonly Said[] {
  const created = engine(`Created flow run '${name}' for flow '${flowName}'`);
  if (trigger.kind !== 'schedule') return [created];
  const due = new Date(trigger.dueAt).toISOString();
  return [created, engine(`It was due at ${due} by the schedule of '${trigger.deployment}'`)];
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

function sayAuthorEvent(
  { name, data, taskRunId, attempt }: Extract<AuthorEvent, { kind: 'author.event' }>,
  flowRunName: string,
): Said {
  const text = data === undefined ? '' : ` ${JSON.stringify(data)}`;
  const message = `Event '${name}'${text.length <= DATA_SHOWN ? text : `${text.slice(0, DATA_SHOWN)}…`}`;
  if (taskRunId) return taskLine(taskRunId, attempt, 'INFO', message);
  return { kind: 'log', level: 'INFO', logger: `Flow run '${flowRunName}'`, message };
}

function taskLine(taskRunId: TaskRunId, attempt: number, level: LogLevel, message: string): Said {
  const name = taskRunId.slice(taskRunId.lastIndexOf('/') + 1);
  return { kind: 'log', level, logger: `Task run '${name}'`, message, taskRunId, attempt };
}

const levelOf = (state: State): LogLevel =>
  state.type === 'FAILED' || state.type === 'CRASHED' ? 'ERROR' : 'INFO';
