import { describeFault } from '#domain/faults.ts';
import type { Scenario } from '#domain/scenario.ts';
import { CHIPS, isOn, type Chip } from './chips.ts';
import type { Draft } from './draft.ts';
import type { LabOrigin } from './lab.svelte.ts';
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
export function differences(
  { rest }: Draft,
  removals: Removals,
  shown: { readonly parameters: readonly string[]; readonly chips: readonly Chip[] } = {
    parameters: [],
    chips: CHIPS,
  },
): readonly Difference[] {
  const { faults, overrides, parameters, arrivalDay } = rest;
  const chipped = shown.chips
    .filter((chip) => isOn(chip, { edits: {}, rest }))
    .map(({ fault }) => describeFault(fault));
  return [
    ...Object.entries(overrides).map(([task, override]) => ({
      text: overrideWords(task, override).join(' '),
      remove: () => removals.removeOverride(task),
    })),
    ...faults
      .filter((fault) => !chipped.includes(describeFault(fault)))
      .map((fault) => ({ text: describeFault(fault), remove: () => removals.removeFault(fault) })),
    ...Object.entries(parameters)
      .filter(([name]) => !shown.parameters.includes(name))
      .map(([name, value]) => ({
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

/** That a run is made from another, and whether anything of it can be reused. */
export function originDifference(
  made: LabOrigin | undefined,
  source: string,
  remove: () => void,
): readonly Difference[] {
  if (!made) return [];
  const { origin, name, files } = made;
  const what = origin.kind === 'fork' ? 'fork' : 're-run';
  const reused = files.some(({ text }) => text === source)
    ? origin.kind === 'fork'
      ? 'what had ended by then is reused'
      : 'what has the same inputs is reused'
    : 'its source differs, so nothing is reused';
  return [{ text: `${what} of ${name}: ${reused}`, remove }];
}
