import type { Parameters } from '#domain/parameters.ts';
import type { OpenPause } from '#domain/pauses.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Reason } from '#domain/reasons.ts';
import * as S from '#domain/states.ts';
import type { FlowInput } from './flow-machine.ts';
import { enter, type FlowTransition } from './flow-transition.ts';

/** Only a run that is Running can pause. */
export function pause(
  record: FlowRunRecord,
  { call, question }: Extract<FlowInput, { kind: 'paused' }>,
  at: number,
): FlowTransition {
  if (record.state.type !== 'RUNNING') return { record, events: [] };
  const { timeoutSeconds: seconds, ...asked } = question;
  const number = (record.endedPauses ?? []).length + 1;
  const open: OpenPause = { ...asked, number, call, from: at, until: at + seconds * 1000 };
  const { message } = question;
  const reason: Reason = {
    kind: 'paused',
    seconds,
    until: open.until,
    ...(message ? { message } : {}),
  };
  const state = question.suspend ? S.suspended() : S.paused();
  return enter(record, state, reason, undefined, undefined, open);
}

/** The body goes on: with the answer, or without one when the time is over. Neither may come at the other's time. */
export function resume(
  record: FlowRunRecord,
  answer: Parameters | undefined,
  at: number,
): FlowTransition {
  const open = record.pause;
  if (!open) return { record, events: [] };
  const isLate = at >= open.until;
  if (isLate === (answer !== undefined)) return { record, events: [] };
  const { key, from, until } = open;
  const ended = { ...(key === undefined ? {} : { key }), ...(answer ? { answer } : {}) };
  const next = {
    ...record,
    endedPauses: [...(record.endedPauses ?? []), ended],
    pausedMs: (record.pausedMs ?? 0) + at - from,
  };
  const reason: Reason = answer
    ? { kind: 'resumed', answer }
    : { kind: 'never resumed', seconds: (until - from) / 1000 };
  return enter(next, S.running(), reason);
}
