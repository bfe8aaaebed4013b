import { describeFailure, type Failure } from '#domain/failures.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { failed } from '#domain/states.ts';
import { askTask } from './author-functions.ts';
import type { RunContext } from './run-context.ts';
import type { TaskInput } from './task-machine.ts';

type Failed = Extract<TaskInput, { kind: 'failed' }>;

/**
 * What chance and the author's condition have to say to a failure, before the machine decides.
 * @param worker the one that ran the attempt
 */
export async function decideRetry(
  run: RunContext,
  record: TaskRunRecord,
  input: Failed,
  worker: AuthorWorker,
): Promise<Failed> {
  const { policy, retriesUsed } = record;
  if (retriesUsed >= policy.retries || input.failure.kind === 'interrupt') return input;
  const draw = policy.retryJitterFactor > 0 ? { draw: run.ports.entropy.random() } : {};
  if (!policy.asksBeforeRetry) return { ...input, ...draw };
  const refused = await whyNoRetry(run, record, input.failure, worker);
  return { ...input, ...draw, ...(refused === undefined ? {} : { refused }) };
}

/**
 * Asks the author's condition whether a failed attempt may be retried; undefined means yes. The answer is part of the
 * commit that acts on it, so it is not asked again. A condition that throws, hangs or loses its worker means no.
 */
async function whyNoRetry(
  run: RunContext,
  record: TaskRunRecord,
  failure: Failure,
  worker: AuthorWorker,
): Promise<string | undefined> {
  const state = failed(describeFailure(failure));
  const question = { ask: 'retryConditionFn', state, failure } as const;
  const reply = await askTask(run, record, question, worker);
  if (reply.ok) return reply.answer === true ? undefined : 'retryConditionFn said no';
  const why = describeFailure(reply.failure);
  run.log.say('ERROR', `retryConditionFn gave no answer, so nothing is retried: ${why}`);
  return `retryConditionFn gave no answer: ${why}`;
}
