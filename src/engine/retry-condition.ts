import type { CallbackCall } from '#domain/author-api.ts';
import { describeFailure, type Failure } from '#domain/failures.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { failed } from '#domain/states.ts';
import { callContext, type RunContext } from './run-context.ts';
import { TaskRequests } from './task-requests.ts';

const LIMIT_SECONDS = 10;

/**
 * Asks the author's condition whether a failed attempt may be retried; undefined means yes. The answer is part of the
 * commit that acts on it, so it is not asked again. A condition that throws, hangs or loses its worker means no.
 * @param worker the one that ran the attempt; another is taken when it no longer lives
 */
export async function whyNoRetry(
  run: RunContext,
  record: TaskRunRecord,
  failure: Failure,
  worker: AuthorWorker,
): Promise<string | undefined> {
  if (worker.isAlive) return ask(run, record, failure, worker);
  const pooled = await run.workers.take();
  if (!pooled.ok) return refusal(run, pooled.failure);
  const answer = await ask(run, record, failure, pooled.worker);
  run.workers.giveBack(pooled.worker);
  return answer;
}

async function ask(
  run: RunContext,
  record: TaskRunRecord,
  failure: Failure,
  worker: AuthorWorker,
): Promise<string | undefined> {
  const { clock } = run.ports;
  const requests = new TaskRequests(run, record, { crash: () => undefined });
  const stopTimer = clock.at(clock.now() + LIMIT_SECONDS * 1000, () =>
    worker.terminate('worker terminated'),
  );
  const reply = await worker.callBack(callOf(run, record, failure), requests.handle);
  stopTimer();
  if ('lost' in reply) return refusal(run, { kind: 'lost', cause: reply.lost });
  if (!reply.ok) return refusal(run, reply.failure);
  return reply.answer ? undefined : 'retryConditionFn said no';
}

function refusal(run: RunContext, failure: Failure): string {
  const why = describeFailure(failure);
  run.log.say('ERROR', `retryConditionFn gave no answer, so nothing is retried: ${why}`);
  return `retryConditionFn gave no answer: ${why}`;
}

function callOf(run: RunContext, record: TaskRunRecord, failure: Failure): CallbackCall {
  return {
    callback: 'retryConditionFn',
    ...callContext(run.record()),
    logPrints: record.policy.logPrints,
    taskRunId: record.id,
    taskRunName: record.name,
    task: record.taskName,
    attempt: record.attempts.length,
    state: failed(describeFailure(failure)),
    failure,
  };
}
