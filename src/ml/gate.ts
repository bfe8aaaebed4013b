import { BadGate, type GateEvidence, type Verdict } from '#domain/gate.ts';
import { compareModels, type Scored } from './compare.ts';
import type { Split } from './dataset.ts';
import { conditionsOf, type GateRules } from './gate-rules.ts';
import { taskHost } from './task-host.ts';

export interface Gate {
  /**
   * Weighs what was measured. "No" is an answer, not an error; it is recorded with the run.
   * @param against to compare with the champion as well, on the same rows: what is given in `metrics` is not measured again
   * @throws BadGate when what a condition needs was not measured
   */
  decide(metrics: Readonly<Record<string, number>>, against?: Contest): Promise<Verdict>;
  /**
   * Scores both on the same held-out rows and weighs that: metrics, slices, and the difference with its paired tests.
   * The sentences on which they differ are kept with the verdict.
   * @param champion undefined, while there is none: comparisons are met then
   * @throws BadGate when a metric has no value on these rows, or a slice no rows
   */
  decide(challenger: Scored, champion: Scored | undefined, heldOut: Split): Promise<Verdict>;
}

/** Who is compared, and on what. */
export interface Contest {
  readonly challenger: Scored;
  readonly champion: Scored | undefined;
  readonly heldOut: Split;
}

/**
 * Named conditions that decide whether a model is promoted.
 * @throws BadGate when there is no condition, or one that cannot be weighed
 */
export function gate(rules: GateRules): Gate {
  const conditions = conditionsOf(rules);
  return {
    decide: async (
      first: Readonly<Record<string, number>> | Scored,
      second?: Contest | Scored,
      heldOut?: Split,
    ) => {
      const host = taskHost('gate(...).decide');
      const { metrics, contest } = asked(first, second, heldOut);
      if (!contest) return host.decideGate(conditions, { metrics });
      const { challenger, champion } = contest;
      const { seed } = host.context;
      const { evidence, flips } = await compareModels(challenger, champion, contest.heldOut, seed);
      const verdict = await host.decideGate(conditions, given(evidence, metrics), flips);
      verdict.warnings?.forEach((warning) => host.log('WARNING', warning));
      return verdict;
    },
  };
}

const given = (evidence: GateEvidence, metrics: GateEvidence['metrics']): GateEvidence => ({
  ...evidence,
  metrics: { ...evidence.metrics, ...metrics },
});

interface Asked {
  readonly metrics: GateEvidence['metrics'];
  readonly contest?: Contest;
}

function asked(
  first: Readonly<Record<string, number>> | Scored,
  second: Contest | Scored | undefined,
  heldOut: Split | undefined,
): Asked {
  if (!isScored(first)) {
    const contest = second && 'heldOut' in second ? second : undefined;
    return { metrics: checkedMetrics(first), ...(contest ? { contest: checked(contest) } : {}) };
  }
  if (!heldOut) throw new BadGate(NEEDS_ROWS);
  // Whatever is given as the champion is looked at: what is none must not pass for there being none.
  const champion = second as Scored | undefined;
  return { metrics: {}, contest: checked({ challenger: first, champion, heldOut }) };
}

const NEEDS_ROWS =
  'decide(challenger, champion, heldOut) needs the held-out rows: give it data.test of a dataset.';

function checked(contest: Contest): Contest {
  const { challenger, champion, heldOut } = contest;
  if (!isScored(challenger))
    throw new BadGate('decide needs a challenger that has scores(rows), like a SentimentModel.');
  if (champion !== undefined && !isScored(champion))
    throw new BadGate(
      'decide was given a champion without scores(rows). Give it a model, or undefined while there is none: ' +
        'SentimentModel.load is to be awaited.',
    );
  if (typeof heldOut?.rows !== 'function') throw new BadGate(NEEDS_ROWS);
  if (heldOut.role === 'train')
    throw new BadGate(
      'decide was given the training side, on which every model looks good. Give it data.test.',
    );
  return contest;
}

function checkedMetrics(metrics: unknown): GateEvidence['metrics'] {
  if (typeof metrics === 'object' && metrics !== null) return metrics as GateEvidence['metrics'];
  throw new BadGate(
    'decide takes what was measured, like { accuracy: 0.928 }, or (challenger, champion, heldOut).',
  );
}

const isScored = (value: unknown): value is Scored =>
  typeof value === 'object' &&
  value !== null &&
  'scores' in value &&
  typeof value.scores === 'function';
