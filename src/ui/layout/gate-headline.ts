import type { ConditionVerdict, GateCondition, Verdict } from '#domain/gate.ts';
import { sliceName } from './slice-name.ts';

/** The condition that is told large: the first that blocked; else the first that was met. */
export const mainCondition = ({ conditions, promoted }: Verdict): ConditionVerdict | undefined =>
  conditions.find(({ passed, severity }) => !promoted && !passed && severity !== 'warn') ??
  conditions.find(({ comparison }) => !comparison) ??
  conditions[0];

/** What its value is held against. */
export const boundOf = ({ atLeast, atMost, champion }: ConditionVerdict): number | undefined =>
  atLeast ?? atMost ?? champion;

/** `accuracy`, `accuracy of domain phones` */
export const conditionName = ({ metric: name, slice }: GateCondition): string =>
  slice === undefined ? name : `${name} of ${sliceName(slice)}`;
