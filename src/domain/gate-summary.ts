import type { ConditionVerdict, GateCondition } from './gate.ts';

/** Three decimals, more where three would make two different numbers look the same. */
export function digits(value: number, other: number): readonly [string, string] {
  for (let n = 3; n < 12; n++) {
    const pair = [value.toFixed(n), other.toFixed(n)] as const;
    if (pair[0] !== pair[1] || value === other) return pair;
  }
  return [String(value), String(other)];
}

const SHORT: ReadonlyMap<string, string> = new Map([['accuracy', 'acc']]);

/** `acc=0.928`, `acc=0.806 < 0.9`, `acc of domain:phones=0.700 < 0.8`; nothing where there was no champion. */
export function shortly(one: ConditionVerdict): readonly string[] {
  const { value, atLeast, atMost, passed } = one;
  if (one.comparison) return shortComparison(one);
  const threshold = atLeast ?? atMost ?? value;
  const shown = `${shortName(one)}=${digits(value, threshold)[0]}`;
  return [passed ? shown : `${shown} ${atLeast === undefined ? '>' : '<'} ${threshold}`];
}

/** `champion=0.911`; `acc=0.903 < champion 0.911` */
function shortComparison(one: ConditionVerdict): readonly string[] {
  const { metric, value, champion, passed, comparison } = one;
  if (champion === undefined) return [];
  const [left, right] = digits(value, champion);
  if (passed) return [metric === 'accuracy' ? `champion=${right}` : `champion ${metric}=${right}`];
  const sign = value === champion ? '=' : value < champion ? '<' : '>';
  const { kind, margin = 0 } = comparison ?? {};
  const by =
    margin === 0
      ? ''
      : kind === 'better'
        ? `, not better by ${margin}`
        : `, worse by more than ${margin}`;
  return [`${shortName(one)}=${left} ${sign} champion ${right}${by}`];
}

const shortName = ({ metric, slice }: GateCondition): string =>
  `${SHORT.get(metric) ?? metric}${slice === undefined ? '' : ` of ${slice}`}`;
