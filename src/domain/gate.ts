import { isMetric, lowerIsBetter } from './evaluation.ts';
import { digits, shortly } from './gate-summary.ts';
import { exactMcNemar, type PairedCounts } from './paired-tests.ts';

/** What a condition that is not met does: `block` rejects, `warn` is told and changes nothing. */
export type Severity = 'block' | 'warn';

/**
 * One named condition of a gate: exactly one of `atLeast`, `atMost` and `comparison`.
 * (A union would lose the shape that verdicts of before have.)
 */
export interface GateCondition {
  readonly metric: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly comparison?: Comparison;
  /** `domain:phones`, or `each`; absent: over all held-out rows. */
  readonly slice?: string;
  /** Absent: block. */
  readonly severity?: Severity;
}

/** The challenger beside the champion, on the same held-out rows. */
export interface Comparison {
  readonly kind: 'not worse' | 'better';
  /** By how much it may be worse, or must be better: 0 or more. */
  readonly margin: number;
}

/** Every slice with at least so many rows. */
export const EACH_SLICE = 'each';
const MIN_ROWS_OF_EACH_SLICE = 30;

export type Metrics = Readonly<Record<string, number>>;

/** What was measured; the gate decides from nothing else. */
export interface GateEvidence {
  /** Of the challenger, over all held-out rows. */
  readonly metrics: Metrics;
  /** By name. */
  readonly slices?: Readonly<Record<string, SliceEvidence>>;
  /** Present when both were scored on the same rows; `none`: there is no champion yet. */
  readonly against?: ChampionEvidence | 'none';
}

export interface SliceEvidence {
  readonly rows: number;
  readonly metrics: Metrics;
}

export interface ChampionEvidence {
  /** Absent: a model that is no version. */
  readonly version?: number;
  readonly metrics: Metrics;
  /** Of the challenger, as scored beside it. */
  readonly challenger: Metrics;
  readonly paired: PairedCounts;
  /** 95 % bootstrap interval of the challenger's accuracy minus the champion's. */
  readonly difference: { readonly low: number; readonly high: number };
  /** How many of the held-out rows the champion was trained on; absent: not known. */
  readonly heldOutSeen?: number;
}

/** A sentence on which the two models differ. */
export interface Flip {
  readonly id: string;
  readonly text: string;
  /** What it is. */
  readonly label: 0 | 1;
  /** Probability of "positive", as each says it. */
  readonly champion: number;
  readonly challenger: number;
}

export const MAX_FLIPS = 40;
export const MAX_FLIP_TEXT = 300;

/** A gate's answer, as data: screens and the command line read this, never text. */
export interface Verdict {
  readonly promoted: boolean;
  readonly conditions: readonly ConditionVerdict[];
  /** `promoted (acc=0.928)` or `rejected (acc=0.806 < 0.9)`, as in the tutorial. */
  readonly summary: string;
  /** One sentence for people. */
  readonly reason: string;
  /** What was measured, so that another gate can be asked about it; absent in verdicts of before. */
  readonly evidence?: GateEvidence;
  /** Of the comparison with the champion. */
  readonly comparison?: ComparisonVerdict;
  /** Sentences on which champion and challenger differ, the largest change first; at most `MAX_FLIPS`. */
  readonly flips?: readonly Flip[];
  /** What does not block and should be known. */
  readonly warnings?: readonly string[];
}

/** A condition and how it came out. */
export interface ConditionVerdict extends GateCondition {
  readonly value: number;
  /** The champion's, where it was compared with. */
  readonly champion?: number;
  readonly passed: boolean;
  readonly reason: string;
}

export interface ComparisonVerdict extends PairedCounts {
  readonly version?: number;
  /** Accuracy of the challenger minus that of the champion, with its 95 % bootstrap interval. */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  /** Of McNemar's exact test. */
  readonly mcNemarP: number;
}

export class BadGate extends Error {
  override readonly name = 'BadGate';
}

/**
 * Weighs what was measured against the conditions.
 * @throws BadGate when there is no condition, or what one needs was not measured
 */
export function decideGate(
  conditions: readonly GateCondition[],
  evidence: GateEvidence,
  flips: readonly Flip[] = [],
): Verdict {
  if (conditions.length === 0)
    throw new BadGate(
      'A gate needs at least one condition, e.g. gate({ accuracy: { atLeast: 0.9 } }).',
    );
  const weighed = conditions.flatMap((condition) => weighEach(condition, evidence));
  const blocking = weighed.filter(({ severity }) => severity !== 'warn');
  const promoted = blocking.every(({ passed }) => passed);
  // Where all conditions only warn, they are what is told.
  const deciding = (blocking.length > 0 ? blocking : weighed).filter(
    ({ passed }) => passed === promoted || blocking.length === 0,
  );
  const warnings = warningsOf(weighed, evidence);
  return {
    promoted,
    conditions: weighed,
    summary: `${promoted ? 'promoted' : 'rejected'} (${deciding.flatMap(shortly).join(', ')})`,
    reason: deciding.map(told).join('; '),
    evidence,
    ...(hasChampion(evidence) ? { comparison: comparisonOf(evidence.against) } : {}),
    ...(flips.length > 0 ? { flips: flips.slice(0, MAX_FLIPS) } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** What a list of runs holds of a verdict: the sentences stay with the run's events. */
export function withoutFlips({ flips: _, ...verdict }: Verdict): Verdict {
  return verdict;
}

type Compared = GateEvidence & { readonly against: ChampionEvidence };

const hasChampion = (evidence: GateEvidence): evidence is Compared =>
  evidence.against !== undefined && evidence.against !== 'none';

/** A condition on each slice is one on every slice that has rows enough. */
function weighEach(condition: GateCondition, evidence: GateEvidence): readonly ConditionVerdict[] {
  if (condition.slice !== EACH_SLICE) return [weigh(condition, evidence)];
  const names = Object.entries(evidence.slices ?? {})
    .filter(([, { rows }]) => rows >= MIN_ROWS_OF_EACH_SLICE)
    .map(([name]) => name);
  if (names.length === 0)
    throw new BadGate(
      `The gate asks for ${condition.metric} of each slice, and no slice of the held-out rows has ${MIN_ROWS_OF_EACH_SLICE} rows. Hold out more rows, or name the slices.`,
    );
  return names.map((slice) => weigh({ ...condition, slice }, evidence));
}

function weigh(condition: GateCondition, evidence: GateEvidence): ConditionVerdict {
  const { metric, atLeast, atMost, comparison } = condition;
  if (comparison) return compare({ ...condition, comparison }, evidence);
  const value = measuredValue(condition, evidence);
  if (atLeast !== undefined) return bounded(condition, value, finite(metric, 'atLeast', atLeast));
  if (atMost !== undefined) return bounded(condition, value, finite(metric, 'atMost', atMost));
  throw new BadGate(
    `The gate's ${metric} has no threshold. Give it one: { atLeast: 0.9 } or { atMost: 0.4 }.`,
  );
}

function measuredValue({ metric, slice }: GateCondition, evidence: GateEvidence): number {
  const from = slice === undefined ? evidence : sliceOf(evidence, slice);
  if (!from) throw new BadGate(noSlice(metric, slice ?? '', evidence));
  const value = Object.hasOwn(from.metrics, metric) ? from.metrics[metric] : undefined;
  if (value !== undefined && Number.isFinite(value)) return value;
  const where = slice === undefined ? '' : ` of ${slice}`;
  throw new BadGate(
    evidence.against === undefined && slice === undefined
      ? `The gate asks for ${metric}, and decide({ ... }) was not given a number for it.`
      : `The gate asks for ${metric}${where}, and these rows have none: ${isMetric(metric) ? 'a label or a prediction is missing among them' : 'there is no such metric'}. Take the condition out, or hold out other rows.`,
  );
}

const sliceOf = ({ slices = {} }: GateEvidence, name: string): SliceEvidence | undefined =>
  Object.hasOwn(slices, name) ? slices[name] : undefined;

const SLICES_NAMED = 10;

function noSlice(metric: string, slice: string, { slices }: GateEvidence): string {
  const names = Object.keys(slices ?? {});
  const known =
    names.length === 0
      ? 'No slices were measured: call decide(challenger, champion, heldOut) to have them'
      : `There are ${names.slice(0, SLICES_NAMED).join(', ')}${names.length > SLICES_NAMED ? ` and ${names.length - SLICES_NAMED} more` : ''}`;
  return `The gate asks for ${metric} of ${slice}, and that slice has no rows. ${known}.`;
}

function finite(metric: string, which: string, threshold: number): number {
  if (Number.isFinite(threshold)) return threshold;
  throw new BadGate(`${which} of ${metric} must be a number.`);
}

function bounded(condition: GateCondition, value: number, threshold: number): ConditionVerdict {
  const passed = condition.atLeast === undefined ? value <= threshold : value >= threshold;
  const [left, right] = digits(value, threshold);
  return { ...condition, value, passed, reason: `${left} ${relation(value, threshold)} ${right}` };
}

const relation = (value: number, other: number): string =>
  value === other ? 'equals' : value > other ? 'is above' : 'is below';

function compare(
  condition: GateCondition & { readonly comparison: Comparison },
  evidence: GateEvidence,
): ConditionVerdict {
  const { metric, comparison } = condition;
  if (evidence.against === undefined)
    throw new BadGate(
      `The gate compares ${metric} with the champion, and no champion was scored. Call decide(challenger, champion, heldOut).`,
    );
  if (!hasChampion(evidence)) {
    const value = measuredValue({ metric }, evidence);
    return { ...condition, value, passed: true, reason: NO_CHAMPION };
  }
  const { against } = evidence;
  const value = measuredValue({ metric }, { metrics: against.challenger, against });
  const champion = measuredValue({ metric }, { metrics: against.metrics, against });
  const { kind, margin } = comparison;
  const gain = lowerIsBetter(metric) ? champion - value : value - champion;
  // Halves of one row in a million rows are further apart than what subtraction loses.
  const room = kind === 'better' ? gain - margin : gain + margin;
  const passed = kind === 'better' ? room > TINY : room >= -TINY;
  const [left, right] = digits(value, champion);
  const of = against.version === undefined ? 'the champion' : `champion v${against.version}`;
  const reason = `${left} ${relation(value, champion)} ${right} of ${of}${asked(comparison, metric)}`;
  return { ...condition, value, champion, passed, reason };
}

const NO_CHAMPION = 'there is no champion to compare with yet';
const TINY = 1e-12;

/** What was asked for, where the plain relation does not say it. */
function asked({ kind, margin }: Comparison, metric: string): string {
  if (margin === 0) return kind === 'better' ? ', and it must be better' : '';
  const side = lowerIsBetter(metric) ? 'lower' : 'higher';
  return kind === 'better'
    ? `, and it must be ${side} by more than ${margin}`
    : `, and it may be worse by ${margin}`;
}

function comparisonOf({ version, paired, difference }: ChampionEvidence): ComparisonVerdict {
  const { rows, onlyChallenger, onlyChampion } = paired;
  const value = rows === 0 ? 0 : (onlyChallenger - onlyChampion) / rows;
  return {
    ...(version === undefined ? {} : { version }),
    ...paired,
    difference: { value, ...difference },
    mcNemarP: exactMcNemar(paired),
  };
}

function warningsOf(
  weighed: readonly ConditionVerdict[],
  evidence: GateEvidence,
): readonly string[] {
  const missed = weighed.filter(({ severity, passed }) => severity === 'warn' && !passed);
  const seen = hasChampion(evidence) ? (evidence.against.heldOutSeen ?? 0) : 0;
  return [
    ...missed.map((one) => `${nameOf(one)}: ${one.reason}`),
    ...(seen > 0 && hasChampion(evidence) ? [seenWarning(seen, evidence.against)] : []),
  ];
}

const seenWarning = (seen: number, { paired, version }: ChampionEvidence): string =>
  `${version === undefined ? 'The champion' : `Champion v${version}`} was trained on ${seen} of these ${paired.rows} held-out rows, so it looks better here than it is. Split by the seed that it was trained with.`;

/** `accuracy of domain:phones` */
const nameOf = ({ metric, slice }: GateCondition): string =>
  slice === undefined ? metric : `${metric} of ${slice}`;

/** The reason, with the name of what it is about where that is not all rows. */
const told = (one: ConditionVerdict): string =>
  one.slice === undefined ? one.reason : `${nameOf(one)} ${one.reason}`;
