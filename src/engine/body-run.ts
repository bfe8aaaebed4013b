import type { FlowCall, Outcome } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import type { AuthorWorker, Lost } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { FlowBody } from './flow-body.ts';
import type { FlowInput } from './flow-machine.ts';
import { whenTimedOut } from './flow-timeout.ts';
import { callContext, type RunContext } from './run-context.ts';

/** How a body ended, with the encoded result where it is kept. */
export interface BodyEnd {
  readonly ended: FlowInput | 'suspended';
  readonly value?: ArrayBuffer;
}

interface Entry extends Pick<RunContext, 'ports' | 'record' | 'resumption' | 'cancellation'> {
  readonly body: FlowBody;
}

/** Enters the body, until whatever ends it first: itself, a cancel, the timeout, a call that differs from the journal. */
export async function runBody(entry: Entry, worker: AuthorWorker): Promise<BodyEnd> {
  const { ports, record, body, cancellation } = entry;
  let ended: FlowInput | 'suspended' | undefined;
  const endBy = (input: FlowInput | 'suspended') => {
    ended ??= input;
    worker.terminate('worker terminated');
  };
  const stopListening = cancellation.onRequest((reason) => endBy({ kind: 'cancelled', reason }));
  const startedAt = record().attemptStartedAt ?? ports.clock.now();
  const stopTimer = whenTimedOut(entry, startedAt, (seconds) =>
    endBy({ kind: 'threw', failure: { kind: 'timeout', seconds, subject: 'Flow' } }),
  );
  body.enter();
  body.onFatal((failure) => endBy({ kind: 'threw', failure }));
  body.pauses.onSuspend(() => endBy('suspended'));
  const outcome = await worker.runFlow(flowCall(record(), startedAt), body.handle);
  stopListening();
  stopTimer();
  worker.terminate('worker terminated');
  return ended ? { ended } : endOf(entry, outcome);
}

/** There was no worker to enter it. @param answered as in `FlowInput` */
export const withoutWorker = (failure: Failure, answered: number): FlowInput =>
  failure.kind === 'lost'
    ? { kind: 'lost', cause: failure.cause, answered }
    : { kind: 'threw', failure };

/** What a subflow returned is kept: its caller may ask for it after a reload. */
async function endOf({ ports, record, body }: Entry, outcome: Outcome | Lost): Promise<BodyEnd> {
  const ended = inputOf(outcome, body.answered);
  const { state } = ended.kind === 'returned' ? ended : {};
  const completed = ended.kind === 'returned' && (!state || state.type === 'COMPLETED');
  if (!record().parent || !completed || 'lost' in outcome || !outcome.ok) return { ended };
  const { value, label } = outcome;
  const hash = await ports.hasher.hash(value);
  return { ended: { ...ended, result: { hash, bytes: value.byteLength, label } }, value };
}

function inputOf(outcome: Outcome | Lost, answered: number): FlowInput {
  if ('lost' in outcome) return { kind: 'lost', cause: outcome.lost, answered };
  if (outcome.ok) return { kind: 'returned', ...(outcome.state ? { state: outcome.state } : {}) };
  return { kind: 'threw', failure: outcome.failure };
}

const flowCall = (record: FlowRunRecord, startedAt: number): FlowCall => ({
  ...callContext(record),
  flow: record.flowName,
  flowAttempt: record.flowAttempt,
  startedAt,
  logPrints: record.policy.logPrints,
});
