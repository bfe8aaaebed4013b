import type { Outcome, TaskCall } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import type { Fault } from '#domain/faults.ts';
import type { Verdict } from '#domain/gate.ts';
import type { AuthorWorker, Lost } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import type { State } from '#domain/states.ts';
import type { RunContext } from './run-context.ts';
import type { TaskInput } from './task-machine.ts';
import { TaskRequests } from './task-requests.ts';

/** How an attempt ended. */
type Ended = Outcome | Lost | { readonly failure: Failure } | { readonly cancelled: string };

export interface AttemptEnd {
  readonly input: TaskInput;
  /** The encoded result. */
  readonly value?: ArrayBuffer;
}

/** How the next attempt of a task run starts: with its fault, and from the checkpoint that an earlier one left. */
export async function startOf(
  { ports }: Pick<RunContext, 'ports'>,
  { id, attempts }: TaskRunRecord,
  fault: Fault | undefined,
): Promise<Extract<TaskInput, { kind: 'attempt started' }>> {
  const [checkpoint] = attempts.length === 0 ? [] : await ports.store.checkpointsOf(id);
  return {
    kind: 'attempt started',
    ...(fault ? { fault } : {}),
    ...(checkpoint ? { resumesAt: checkpoint.progress } : {}),
  };
}

/**
 * Lets a worker run one attempt of a task, until whatever ends it first.
 * @param record as the attempt has begun
 * @param begun resolves when that is durable
 */
export async function runAttempt(
  run: RunContext,
  record: TaskRunRecord,
  worker: AuthorWorker,
  call: TaskCall,
  begun: Promise<void>,
): Promise<AttemptEnd> {
  const { fault } = call;
  const crash = fault?.effect.kind === 'crash' ? fault.effect : undefined;
  const requests = new TaskRequests(run, record, {
    ...(crash ? { crashAt: crash.at } : {}),
    crash: () => worker.terminate('worker terminated'),
    begun,
  });
  const ended = await whateverEndsIt(run, record, worker, call, requests);
  requests.end();
  // What is said of a fault follows what tells of the attempt.
  if (fault) await begun;
  const input = await inputOf(run, record, ended, fault, requests.verdict);
  return 'value' in ended ? { input, value: ended.value } : { input };
}

/** The body, the timeout, a cancel, a fault, a dead worker. */
async function whateverEndsIt(
  { cancellation, ports }: RunContext,
  { policy: { timeoutSeconds } }: TaskRunRecord,
  worker: AuthorWorker,
  call: TaskCall,
  requests: TaskRequests,
): Promise<Ended> {
  let ended: Ended | undefined;
  const endBy = (reason: Ended) => {
    ended ??= reason;
    worker.terminate('worker terminated');
  };
  const stopTimer =
    timeoutSeconds === undefined
      ? undefined
      : ports.clock.at(ports.clock.now() + timeoutSeconds * 1000, () =>
          endBy({ failure: { kind: 'timeout', seconds: timeoutSeconds, subject: 'Task' } }),
        );
  const stopListening = cancellation.onRequest((reason) => endBy({ cancelled: reason }));
  const running = worker.runTask(call, requests.handle);
  if (call.fault?.effect.kind === 'crash' && call.fault.effect.at === 0)
    worker.terminate('worker terminated');
  const outcome = await running;
  stopTimer?.();
  stopListening();
  return ended ?? outcome;
}

async function inputOf(
  run: RunContext,
  record: TaskRunRecord,
  ended: Ended,
  fault: Fault | undefined,
  verdict: Verdict | undefined,
): Promise<TaskInput> {
  if ('cancelled' in ended) return { kind: 'cancelled', reason: ended.cancelled };
  if ('lost' in ended)
    return {
      kind: 'lost',
      cause: ended.lost,
      ...(fault?.effect.kind === 'crash' ? { injected: true } : {}),
    };
  if ('failure' in ended) return { kind: 'failed', failure: markInjected(ended.failure, fault) };
  const made = ended.state && inputOfState(ended.state);
  if (made) return made;
  warnIfFaultDidNotStrike(run, record, fault);
  const hash = await run.ports.hasher.hash(ended.value);
  return {
    kind: 'succeeded',
    result: { hash, bytes: ended.value.byteLength, label: ended.label },
    ...(verdict ? { stateName: verdict.promoted ? 'Promoted' : 'Rejected' } : {}),
    ...(ended.state ? namedBy(ended.state) : {}),
  };
}

function warnIfFaultDidNotStrike(
  run: RunContext,
  { name }: TaskRunRecord,
  fault: Fault | undefined,
): void {
  if (fault?.effect.kind !== 'hang' && fault?.effect.kind !== 'crash') return;
  const { kind, at } = fault.effect;
  run.log.say(
    'WARNING',
    `The fault ${kind}@${at} did not strike: '${name}' reported no progress of ${at}`,
  );
}

/** What a state that the body made itself means, when it is not Completed. */
function inputOfState(state: State): TaskInput | undefined {
  const message = state.message ?? `the task returned ${state.name}`;
  if (state.type === 'COMPLETED') return undefined;
  if (state.type === 'CANCELLED') return { kind: 'cancelled', reason: message };
  return { kind: 'failed', failure: { kind: 'exception', name: state.name, message } };
}

const namedBy = ({ name, message }: State): { stateName: string; message?: string } => ({
  stateName: name,
  ...(message === undefined ? {} : { message }),
});

function markInjected(failure: Failure, fault: Fault | undefined): Failure {
  if (failure.kind !== 'exception' || fault?.effect.kind !== 'throw') return failure;
  return { ...failure, injected: true };
}
