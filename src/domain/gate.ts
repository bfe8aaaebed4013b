/** One named condition of a gate. */
export interface GateCondition {
  readonly metric: string;
  readonly atLeast: number;
}

/** A gate's answer, as data: screens and the command line read this, never text. */
export interface Verdict {
  readonly promoted: boolean;
  readonly conditions: readonly ConditionVerdict[];
  /** `promoted (acc=0.928)` or `rejected (acc=0.806 < 0.9)`, as in the tutorial. */
  readonly summary: string;
  /** One sentence for people. */
  readonly reason: string;
}

export interface ConditionVerdict {
  readonly metric: string;
  readonly value: number;
  readonly atLeast: number;
  readonly passed: boolean;
  readonly reason: string;
}

export class BadGate extends Error {
  override readonly name = 'BadGate';
}

/**
 * Weighs measured metrics (fractions or any finite number) against the conditions.
 * @throws BadGate when there is no condition or a metric was not measured
 */
export function decideGate(
  conditions: readonly GateCondition[],
  metrics: Readonly<Record<string, number>>,
): Verdict {
  if (conditions.length === 0)
    throw new BadGate(
      'A gate needs at least one condition, e.g. gate({ accuracy: { atLeast: 0.9 } }).',
    );
  const weighed = conditions.map((condition) => weigh(condition, metrics[condition.metric]));
  const promoted = weighed.every((one) => one.passed);
  const deciding = weighed.filter((one) => one.passed === promoted);
  return {
    promoted,
    conditions: weighed,
    summary: `${promoted ? 'promoted' : 'rejected'} (${deciding.map(promoted ? short : shortMiss).join(', ')})`,
    reason: deciding.map((one) => one.reason).join('; '),
  };
}

function weigh(condition: GateCondition, value: number | undefined): ConditionVerdict {
  const { metric, atLeast } = condition;
  if (value === undefined || !Number.isFinite(value))
    throw new BadGate(
      `The gate asks for ${metric}, and decide({ ... }) was not given a number for it.`,
    );
  if (!Number.isFinite(atLeast)) throw new BadGate(`atLeast of ${metric} must be a number.`);
  const passed = value >= atLeast;
  const [left, right] = told(value, atLeast);
  const relation = !passed ? 'is below' : value === atLeast ? 'equals' : 'is above';
  return { metric, value, atLeast, passed, reason: `${left} ${relation} ${right}` };
}

/** Three decimals, more where three would make two different numbers look the same. */
function told(value: number, threshold: number): readonly [string, string] {
  for (let digits = 3; digits < 12; digits++) {
    const pair = [value.toFixed(digits), threshold.toFixed(digits)] as const;
    if (pair[0] !== pair[1] || value === threshold) return pair;
  }
  return [String(value), String(threshold)];
}

const SHORT: ReadonlyMap<string, string> = new Map([['accuracy', 'acc']]);
const shortName = (metric: string): string => SHORT.get(metric) ?? metric;
const short = (one: ConditionVerdict): string =>
  `${shortName(one.metric)}=${told(one.value, one.atLeast)[0]}`;
const shortMiss = (one: ConditionVerdict): string => `${short(one)} < ${one.atLeast}`;
