import { BadGate, type GateCondition, type Verdict } from '#domain/gate.ts';
import { taskHost } from './task-host.ts';

/** By metric, e.g. `{ accuracy: { atLeast: 0.9 } }`: every one must be met. */
export type GateRules = Readonly<Record<string, { readonly atLeast: number }>>;

export interface Gate {
  /**
   * Weighs what was measured. "No" is an answer, not an error; it is recorded with the run.
   * @throws BadGate when a metric of the gate was not measured
   */
  decide(metrics: Readonly<Record<string, number>>): Promise<Verdict>;
}

const FRACTIONS = new Set(['accuracy', 'precision', 'recall', 'f1']);

/**
 * @throws BadGate when there is no condition, or a threshold is not a number or cannot be reached
 */
export function gate(rules: GateRules): Gate {
  const conditions = Object.entries(rules).map(([metric, rule]) => condition(metric, rule.atLeast));
  if (conditions.length === 0)
    throw new BadGate(
      'A gate needs at least one condition, e.g. gate({ accuracy: { atLeast: 0.9 } }).',
    );
  return {
    decide: async (metrics) => taskHost('gate(...).decide').decideGate(conditions, metrics),
  };
}

function condition(metric: string, atLeast: number): GateCondition {
  if (!Number.isFinite(atLeast))
    throw new BadGate(
      `The gate's ${metric} needs a number: { atLeast: 0.9 }, not ${String(atLeast)}.`,
    );
  if (FRACTIONS.has(metric) && (atLeast < 0 || atLeast > 1))
    throw new BadGate(`The gate's ${metric} is a fraction from 0 to 1, and atLeast is ${atLeast}.`);
  return { metric, atLeast };
}
