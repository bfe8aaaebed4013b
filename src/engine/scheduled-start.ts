import type { SlotWait } from '#domain/limits.ts';
import type { Clock } from '#domain/ports.ts';
import type { Reason } from '#domain/reasons.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import * as S from '#domain/states.ts';
import type { Cancellation } from './cancellation.ts';

const LATE_AFTER_MS = 15_000;
const SLOT_WAIT_SECONDS = 30;

/** What can happen to a flow run before it starts. */
export type StartInput =
  | { readonly kind: 'start due' }
  | { readonly kind: 'late' }
  /** Its deployment has as many runs under way as it may have. */
  | { readonly kind: 'no slot'; readonly waits: readonly SlotWait[] };

interface StartMove {
  readonly record: FlowRunRecord;
  readonly state: S.State;
  readonly reason: Reason;
}

/** Pure. Nothing happens before the time of the run; undefined: the input changes nothing. */
export function startMove(
  record: FlowRunRecord,
  input: StartInput,
  at: number,
): StartMove | undefined {
  const { startsAt, ...started } = record;
  if (startsAt === undefined || at < startsAt) return undefined;
  switch (input.kind) {
    case 'start due':
      return { record: started, state: S.pending(), reason: { kind: 'time came' } };
    case 'late':
      return isLate(record, at) ? lateMove(record, at - startsAt) : undefined;
    case 'no slot':
      return awaitSlot(record, input.waits, at);
  }
}

function lateMove(record: FlowRunRecord, ms: number): StartMove {
  return { record, state: S.late(), reason: { kind: 'late', seconds: Math.round(ms / 1000) } };
}

function awaitSlot(record: FlowRunRecord, waits: readonly SlotWait[], at: number): StartMove {
  return {
    record: { ...record, startsAt: at + SLOT_WAIT_SECONDS * 1000 },
    state: S.awaitingSlot('SCHEDULED'),
    reason: { kind: 'no slot', waits, asksAgainAfterSeconds: SLOT_WAIT_SECONDS },
  };
}

const isLate = ({ state, startsAt }: FlowRunRecord, at: number): boolean =>
  startsAt !== undefined && at - startsAt > LATE_AFTER_MS && state.name !== S.late().name;

/** Whether a run may start; one that may has its slot. */
export type StartAnswer =
  | { readonly kind: 'start' }
  | { readonly kind: 'wait'; readonly waits: readonly SlotWait[] }
  | { readonly kind: 'refuse'; readonly reason: string };

type Cancelled = { readonly kind: 'cancelled'; readonly reason: string };

export function inputOfAnswer(answer: StartAnswer): StartInput | Cancelled {
  switch (answer.kind) {
    case 'start':
      return { kind: 'start due' };
    case 'wait':
      return { kind: 'no slot', waits: answer.waits };
    case 'refuse':
      return { kind: 'cancelled', reason: answer.reason };
  }
}

export interface WaitingRun {
  readonly clock: Clock;
  readonly cancellation: Cancellation;
  record(): FlowRunRecord;
  mayStart(record: FlowRunRecord): Promise<StartAnswer>;
  apply(input: StartInput | Cancelled): Promise<void>;
}

/** Waits for the time of a run, and for a slot of its deployment. Resolves too when it was cancelled meanwhile. */
export async function untilStart(run: WaitingRun): Promise<void> {
  for (;;) {
    const { startsAt } = run.record();
    if (startsAt === undefined) return;
    if (!(await run.cancellation.wait(run.clock, startsAt))) return;
    const answer = await run.mayStart(run.record());
    // One that is not to be started any more is not called late before.
    if (answer.kind !== 'refuse' && isLate(run.record(), run.clock.now()))
      await run.apply({ kind: 'late' });
    await run.apply(inputOfAnswer(answer));
  }
}
