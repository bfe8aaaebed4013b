import { lowerIsBetter } from '#domain/evaluation.ts';
import type {
  ComparisonVerdict,
  ConditionVerdict,
  Flip,
  GateCondition,
  Verdict,
} from '#domain/gate.ts';
import { conditionName } from './gate-headline.ts';
import { count, metric, percent } from './numbers.ts';

/** `accuracy, at least 0.900`; `accuracy, better than the champion` */
export function conditionWords(condition: GateCondition): string {
  const { atLeast, atMost, comparison } = condition;
  const name = conditionName(condition);
  if (atLeast !== undefined) return `${name}, at least ${metric(atLeast)}`;
  if (atMost !== undefined) return `${name}, at most ${metric(atMost)}`;
  const by = comparison && comparison.margin > 0 ? comparison.margin : undefined;
  if (comparison?.kind === 'better')
    return `${name}, ${lowerIsBetter(condition.metric) ? 'lower' : 'better'} than the champion${by === undefined ? '' : ` by more than ${by}`}`;
  return `${name}, ${by === undefined ? 'not worse than the champion' : `at most ${by} worse than the champion`}`;
}

/** `met`, `not met`, `not met, which only warns` */
export const outcomeWords = ({ passed, severity }: ConditionVerdict): string =>
  passed ? 'met' : severity === 'warn' ? 'not met, which only warns' : 'not met';

/** `−0.004 to +0.038` */
export const differenceInterval = ({ difference }: ComparisonVerdict): string =>
  `${signed(difference.low)} to ${signed(difference.high)}`;

/** `+0.017` */
export const signed = (value: number): string =>
  `${value < 0 ? '−' : '+'}${metric(Math.abs(value))}`;

/** McNemar's p in words: what it says, and no more. */
export function mcNemarWords({
  mcNemarP,
  onlyChallenger,
  onlyChampion,
}: ComparisonVerdict): string {
  const differing = onlyChallenger + onlyChampion;
  if (differing === 0) return 'Both are right on the same sentences.';
  const sure = mcNemarP < 0.05 ? 'hardly chance' : 'may well be chance';
  return `Of ${count(differing)} sentences that only one gets right, the new model gets ${count(onlyChallenger)}: ${sure} (exact McNemar p ${pText(mcNemarP)}).`;
}

const pText = (p: number): string => (p < 0.001 ? 'below 0.001' : `= ${p.toFixed(3)}`);

/** `Positive. The champion said 31 %, the new model 84 %: mended.` */
export function flipWords({ label, champion, challenger }: Flip): string {
  const mended = challenger > 0.5 === (label === 1);
  return `Is ${label === 1 ? 'positive' : 'negative'}. Positive, said the champion to ${percent(champion)}, the new model to ${percent(challenger)}: ${mended ? 'now right' : 'now wrong'}.`;
}

/** The conditions of a verdict as they were asked, to be asked again. */
export const askedConditions = ({ conditions }: Verdict): readonly GateCondition[] =>
  conditions.map(({ metric: name, atLeast, atMost, comparison, slice, severity }) => ({
    metric: name,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(atMost === undefined ? {} : { atMost }),
    ...(comparison === undefined ? {} : { comparison }),
    ...(slice === undefined ? {} : { slice }),
    ...(severity === undefined ? {} : { severity }),
  }));

/** With another threshold; a comparison has none. */
export function withThreshold(condition: GateCondition, threshold: number): GateCondition {
  if (condition.atLeast !== undefined) return { ...condition, atLeast: threshold };
  return condition.atMost === undefined ? condition : { ...condition, atMost: threshold };
}
