import { describeFault } from '#domain/faults.ts';
import type { Scenario } from '#domain/scenario.ts';
import { CHIPS, isOn } from './chips.ts';
import type { Draft } from './draft.ts';
import { overrideWords } from './scenario-words.ts';

/** Something of the draft that no field and no chip shows. */
export interface Difference {
  readonly text: string;
  readonly remove: () => void;
}

interface Removals {
  removeFault(fault: Scenario['faults'][number]): void;
  removeOverride(task: string): void;
  removeParameter(name: string): void;
  useToday(): void;
}

/** Nothing that a run would use stays unseen, wherever it came from. */
export function differences({ rest }: Draft, removals: Removals): readonly Difference[] {
  const { faults, overrides, parameters, arrivalDay } = rest;
  const chipped = CHIPS.filter((chip) => isOn(chip, { edits: {}, rest })).map(({ fault }) =>
    describeFault(fault),
  );
  return [
    ...Object.entries(overrides).map(([task, override]) => ({
      text: overrideWords(task, override).join(' '),
      remove: () => removals.removeOverride(task),
    })),
    ...faults
      .filter((fault) => !chipped.includes(describeFault(fault)))
      .map((fault) => ({ text: describeFault(fault), remove: () => removals.removeFault(fault) })),
    ...Object.entries(parameters).map(([name, value]) => ({
      text: `parameter ${name} = ${String(value)}`,
      remove: () => removals.removeParameter(name),
    })),
    ...(arrivalDay === undefined
      ? []
      : [
          {
            text: `data: reviews that had arrived by day ${arrivalDay}`,
            remove: () => removals.useToday(),
          },
        ]),
  ];
}
