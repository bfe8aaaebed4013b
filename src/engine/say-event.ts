import { describeCacheMiss } from '#domain/cache-policy.ts';
import type {
  AuthorEvent,
  EventBody,
  FlowRunEvent,
  SubflowEvent,
  TaskRunEvent,
} from '#domain/events.ts';
import { quoteFailure, type Failure } from '#domain/failures.ts';
import { describeOrigin } from '#domain/origin.ts';
import { describeReason } from '#domain/reasons.ts';
import type { RetryDecision } from '#domain/retry.ts';
import type { TaskRunId } from '#domain/ids.ts';
import { flowRunLogger, taskRunLogger, type LogLevel, type LogLine } from '#domain/lines.ts';
import { describeState, isTerminal, type State } from '#domain/states.ts';

type Said = Omit<LogLine, 'at'>;

/** What the lines call the run and its task runs. */
export interface Named {
  readonly name: string;
  readonly flowName: string;
  /** Where it is not the one in the id. */
  taskRun(id: TaskRunId): string | undefined;
}

/** Characters of an event's data in its line. */
const DATA_SHOWN = 300;

/** The log lines that the engine itself says about an event, worded as Prefect words them. */
export function sayEvent(body: EventBody, run: Named): readonly Said[] {
  switch (body.kind) {
    case 'flow-run.created':
      return sayCreated(body);
    case 'subflow.called':
      return [saySubflow(body, run.name)];
    case 'flow-run.state':
      return sayFlowState(body, run);
    case 'task-run.state':
      return sayTaskState(body, run);
    case 'attempt.started':
      return sayAttempt(body, run);
    case 'cache.missed':
      return [taskLine(run, body.taskRunId, 0, 'INFO', upperFirst(describeCacheMiss(body.miss)))];
    case 'author.event':
      return [sayAuthorEvent(body, run)];
    default:
      return [];
  }
}

function sayCreated({
  name,
  flowName,
  trigger,
  scheduledFor,
  origin,
}: Extract<FlowRunEvent, { kind: 'flow-run.created' }>): readonly Said[] {
  const created = engine(`Created flow run '${name}' for flow '${flowName}'`);
  const made = origin ? [engine(describeOrigin(origin))] : [];
  if (trigger.kind !== 'schedule')
    return scheduledFor === undefined
      ? [created, ...made]
      : [created, ...made, engine(`It is to start at ${new Date(scheduledFor).toISOString()}`)];
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

const saySubflow = (
  { name, flowName }: Extract<SubflowEvent, { kind: 'subflow.called' }>,
  flowRunName: string,
): Said => ({
  kind: 'log',
  level: 'INFO',
  logger: flowRunLogger(flowRunName),
  message: `Created subflow run '${name}' for flow '${flowName}'`,
});

function sayFlowState(
  body: Extract<FlowRunEvent, { kind: 'flow-run.state' }>,
  { name, flowName }: Named,
): readonly Said[] {
  const flow = (level: LogLevel, message: string): Said => ({
    kind: 'log',
    level,
    logger: flowRunLogger(name),
    message,
  });
  const begins = body.begins
    ? [flow('INFO', `Beginning flow run '${name}' for flow '${flowName}'`)]
    : [];
  if (body.state.name === 'Recovering')
    return [flow('WARNING', describeReason(body.reason)), ...begins];
  if (body.begins) return begins;
  if (body.reason.kind === 'late')
    return [flow('WARNING', upperFirst(describeReason(body.reason)))];
  if (body.reason.kind === 'no slot')
    return [flow('INFO', upperFirst(describeReason(body.reason)))];
  if (body.retry && body.failure)
    return [flow('INFO', retryText('Flow', body.failure, body.retry))];
  const told = sayPause(body);
  if (told) return [flow(...told)];
  if (!isTerminal(body.state)) return [];
  return [flow(levelOf(body.state), `Finished in state ${describeState(body.state)}`)];
}

function sayPause({
  pause,
  reason,
}: Extract<FlowRunEvent, { kind: 'flow-run.state' }>): readonly [LogLevel, string] | undefined {
  if (pause) {
    const what = pause.suspend
      ? 'Suspending flow run, execution will be rescheduled when this flow run is resumed.'
      : 'Pausing flow, execution will continue when this flow run is resumed.';
    return ['INFO', pause.message === undefined ? what : `${what} It asks: ${pause.message}`];
  }
  if (reason.kind === 'resumed') return ['INFO', 'Resuming flow run execution!'];
  return reason.kind === 'never resumed' ? ['WARNING', 'The pause timed out'] : undefined;
}

function sayTaskState(
  body: Extract<TaskRunEvent, { kind: 'task-run.state' }>,
  run: Named,
): readonly Said[] {
  const { state, failure, retry } = body;
  const say = (level: LogLevel, message: string) =>
    taskLine(run, body.taskRunId, body.attempt, level, message);
  if (state.name === 'Recovering') return [say('WARNING', describeReason(body.reason))];
  if (body.reason.kind === 'no slot') return [say('INFO', upperFirst(describeReason(body.reason)))];
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

function sayAttempt(
  body: Extract<TaskRunEvent, { kind: 'attempt.started' }>,
  run: Named,
): readonly Said[] {
  if (body.resumesAt === undefined) return [];
  const percent = Math.round(body.resumesAt * 100);
  const message = `Attempt ${body.attempt} may resume from the checkpoint at ${percent} %`;
  return [taskLine(run, body.taskRunId, body.attempt, 'INFO', message)];
}

function sayAuthorEvent(
  { name, data, taskRunId, attempt }: Extract<AuthorEvent, { kind: 'author.event' }>,
  run: Named,
): Said {
  const text = data === undefined ? '' : ` ${JSON.stringify(data)}`;
  const message = `Event '${name}'${text.length <= DATA_SHOWN ? text : `${text.slice(0, DATA_SHOWN)}…`}`;
  if (taskRunId) return taskLine(run, taskRunId, attempt, 'INFO', message);
  return { kind: 'log', level: 'INFO', logger: flowRunLogger(run.name), message };
}

function taskLine(
  run: Named,
  taskRunId: TaskRunId,
  attempt: number,
  level: LogLevel,
  message: string,
): Said {
  const name = run.taskRun(taskRunId) ?? taskRunId.slice(taskRunId.lastIndexOf('/') + 1);
  return { kind: 'log', level, logger: taskRunLogger(name), message, taskRunId, attempt };
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const levelOf = (state: State): LogLevel =>
  state.type === 'FAILED' || state.type === 'CRASHED' ? 'ERROR' : 'INFO';
