import {
  BadGate,
  decideGate,
  type GateCondition,
  type GateEvidence,
  type Verdict,
} from './gate.ts';
import type { FlowRunId } from './ids.ts';
import type { FlowRunRecord } from './records.ts';

/** What a gate would have said about a run of before. */
export interface GateHistoryRow {
  readonly flowRunId: FlowRunId;
  /** `splendid-otter` */
  readonly name: string;
  readonly createdAt: number;
  /** What its own gate said. */
  readonly said: Pick<Verdict, 'promoted' | 'summary'>;
  readonly wouldSay: WouldSay;
}

export type WouldSay =
  | ({ readonly known: true } & Pick<Verdict, 'promoted' | 'summary' | 'reason'>)
  /** What was measured then is not what these conditions need. */
  | { readonly known: false; readonly reason: string };

/** Pure: the verdicts of these conditions over the evidence of runs that asked a gate; those that asked none are left out. */
export const gateHistory = (
  conditions: readonly GateCondition[],
  runs: readonly FlowRunRecord[],
): readonly GateHistoryRow[] =>
  runs.flatMap(({ id, name, createdAt, verdict }) =>
    verdict
      ? [
          {
            flowRunId: id,
            name,
            createdAt,
            said: { promoted: verdict.promoted, summary: verdict.summary },
            wouldSay: wouldSay(conditions, verdict),
          },
        ]
      : [],
  );

/** What these conditions say of what was measured for a verdict. */
export function wouldSay(conditions: readonly GateCondition[], verdict: Verdict): WouldSay {
  const evidence = evidenceOf(verdict);
  const lacking = conditions.flatMap((condition) => lackOf(condition, evidence));
  if (lacking.length > 0) return { known: false, reason: lacking.join('; ') };
  try {
    const { promoted, summary, reason } = decideGate(conditions, evidence);
    return { known: true, promoted, summary, reason };
  } catch (error) {
    if (error instanceof BadGate) return { known: false, reason: error.message };
    throw error;
  }
}

/** Verdicts of before kept no evidence, but for what their conditions asked. */
function evidenceOf({ evidence, conditions }: Verdict): GateEvidence {
  if (evidence) return evidence;
  return { metrics: Object.fromEntries(conditions.map(({ metric, value }) => [metric, value])) };
}

function lackOf(condition: GateCondition, evidence: GateEvidence): readonly string[] {
  const { metric, slice, comparison } = condition;
  if (comparison && evidence.against === undefined) return ['it did not score the champion'];
  if (slice !== undefined)
    return evidence.slices?.[slice] || (slice === 'each' && evidence.slices)
      ? []
      : [`it did not measure ${slice === 'each' ? 'slices' : slice}`];
  return Object.hasOwn(evidence.metrics, metric) ? [] : [`it did not measure ${metric}`];
}
