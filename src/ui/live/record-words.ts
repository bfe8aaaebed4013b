import { describeFailure } from '#domain/failures.ts';
import type { Verdict } from '#domain/gate.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { isTerminal, type State } from '#domain/states.ts';
import { duration } from '#ui/layout/numbers.ts';
import { pauseSentence } from '#ui/layout/words.ts';

/** A run that its gate rejected is Completed, and shown by what its gate said. */
export function shownState(state: State, verdict: Verdict | undefined): State {
  const rejected = state.type === 'COMPLETED' && verdict?.promoted === false;
  return rejected ? { type: 'COMPLETED', name: 'Rejected' } : state;
}

/** How a run of the list ended, in one sentence, from its record alone: lists read no histories. */
export function recordSentence(record: FlowRunRecord): string {
  const { state, verdict, modelVersion, failure } = record;
  if (record.pause) return pauseSentence(record.pause);
  if (state.name === 'AwaitingConcurrencySlot') return 'Waits for other runs of its deployment';
  if (state.name === 'Scheduled') return 'Has not begun: its time is yet to come';
  if (!isTerminal(state)) return 'Under way';
  if (state.type === 'FAILED' || state.type === 'CRASHED')
    return `${state.name}: ${failure ? describeFailure(failure) : (state.message ?? 'no reason was recorded')}`;
  if (state.type === 'CANCELLED') return state.message ?? 'Cancelled';
  if (!verdict) return 'Completed; it asked no gate';
  if (!verdict.promoted) return `Rejected by the gate: ${verdict.reason}`;
  if (modelVersion === undefined && record.origin)
    return `Reused what ${record.origin.flowRunName} promoted: ${verdict.reason}`;
  const to = modelVersion === undefined ? 'Promoted' : `Promoted to champion v${modelVersion}`;
  return `${to}: ${verdict.reason}`;
}

export const recordDuration = (record: FlowRunRecord, now: number): string =>
  duration(Math.max(0, (record.endedAt ?? now) - record.createdAt));
