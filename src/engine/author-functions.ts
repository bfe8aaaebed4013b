import type {
  CallbackAnswer,
  CallbackCall,
  CallbackQuestion,
  CallbackReply,
} from '#domain/author-api.ts';
import { flowRunLogger } from '#domain/lines.ts';
import type { AuthorWorker, Clock, HostHandler } from '#domain/ports.ts';
import type { FlowRunRecord, TaskRunRecord } from '#domain/records.ts';
import { saidBy } from './author-lines.ts';
import { Cancellation } from './cancellation.ts';
import { callContext, type RunContext } from './run-context.ts';
import { TaskRequests } from './task-requests.ts';

const LIMIT_SECONDS = 10;

/** What every call of an author's function says of its flow run. */
export const callbackContext = (record: FlowRunRecord) => ({
  ...callContext(record),
  flow: record.flowName,
});

/**
 * Calls a function of a task. One that does not answer in 10 s loses its worker and gave no answer.
 * @param worker the one to ask; another is taken when it no longer lives
 */
export async function askTask(
  run: RunContext,
  record: TaskRunRecord,
  question: CallbackQuestion,
  worker?: AuthorWorker,
): Promise<CallbackReply> {
  const requests = new TaskRequests(run, record, { crash: () => undefined });
  const call: CallbackCall = {
    ...callbackContext(run.record()),
    logPrints: record.policy.logPrints,
    task: {
      taskRunId: record.id,
      taskRunName: record.name,
      task: record.taskName,
      attempt: record.attempts.length,
    },
    question,
  };
  const reply = await onLivingWorker(run, worker, (living) =>
    ask(run.ports.clock, living, call, requests.handle),
  );
  requests.end();
  return reply;
}

/** Calls a function of the flow, as `askTask`; its lines are those of the flow run. */
export function askFlow(run: RunContext, question: CallbackQuestion): Promise<CallbackReply> {
  const { name, policy } = run.record();
  const call = { ...callbackContext(run.record()), logPrints: policy.logPrints, question };
  const handle: HostHandler = async (request) => {
    if (request.method !== 'lines') throw new Error(`A hook cannot ask for ${request.method}.`);
    const at = run.ports.clock.now();
    await run.log.authorLines(saidBy(request.lines, flowRunLogger(name), { at }));
    return { ok: true, value: undefined };
  };
  return onLivingWorker(run, undefined, (living) => ask(run.ports.clock, living, call, handle));
}

export async function ask(
  clock: Clock,
  worker: AuthorWorker,
  call: CallbackCall,
  handle: HostHandler,
): Promise<CallbackReply> {
  const stopTimer = clock.at(clock.now() + LIMIT_SECONDS * 1000, () =>
    worker.terminate('worker terminated'),
  );
  const reply = await worker.callBack(call, handle);
  stopTimer();
  return 'lost' in reply ? { ok: false, failure: { kind: 'lost', cause: reply.lost } } : reply;
}

async function onLivingWorker(
  run: RunContext,
  worker: AuthorWorker | undefined,
  act: (living: AuthorWorker) => Promise<CallbackReply>,
): Promise<CallbackReply> {
  if (worker?.isAlive) return act(worker);
  // What is asked here is asked though the run is being cancelled: a hook of its end.
  const giveBack = worker ? undefined : await run.places.take(new Cancellation());
  try {
    const pooled = await run.workers.take();
    if (!pooled.ok) return pooled;
    const reply = await act(pooled.worker);
    run.workers.giveBack(pooled.worker);
    return reply;
  } finally {
    giveBack?.();
  }
}

/** What answers a question for a name. @throws Error when the worker answered something else */
export function nameOf(answer: CallbackAnswer): string {
  if (typeof answer === 'string') return answer;
  throw new Error('An author worker was asked for a name and gave none.');
}
