import type { FlowDescription } from '#domain/engine-api.ts';
import { formatFault, type Fault } from '#domain/faults.ts';
import { mergeOverrides, withoutOverride, withRest, type Draft } from './draft.ts';

export interface Chip {
  readonly id: string;
  readonly label: string;
  readonly fault: Fault;
  /** Comes and goes with the fault. */
  readonly override?: { readonly task: string; readonly timeoutSeconds: number };
}

const fails = (attempts: readonly number[]): Fault => ({
  task: 'extract',
  attempts,
  effect: { kind: 'throw' },
});

export const FIRST_FAULT = 'extract-1';

export const CHIPS: readonly Chip[] = [
  { id: FIRST_FAULT, label: 'extract: fail attempt 1', fault: fails([1]) },
  { id: 'extract-1-2', label: 'extract: fail attempts 1 and 2', fault: fails([1, 2]) },
  {
    id: 'train-crash',
    label: 'train: crash the worker at 40 %',
    fault: { task: 'train', attempts: [1], effect: { kind: 'crash', at: 0.4 } },
  },
  {
    id: 'train-hang',
    label: 'train: hang past its timeout',
    fault: { task: 'train', attempts: [1], effect: { kind: 'hang', at: 0.4 } },
    override: { task: 'train', timeoutSeconds: 3 },
  },
  {
    id: 'flip-labels',
    label: 'data: flip half the labels',
    fault: { task: 'extract', attempts: [1, 2, 3], effect: { kind: 'flip-labels' } },
  },
];

/** Those whose task the flow has; before a flow was read, those of the first one. */
export const chipsOf = (flow: FlowDescription | undefined, isFirst: boolean): readonly Chip[] =>
  flow
    ? CHIPS.filter(({ fault }) => flow.tasks.some(({ name }) => name === fault.task))
    : isFirst
      ? CHIPS
      : [];

export const isOn = (chip: Chip, draft: Draft): boolean =>
  draft.rest.faults.some((fault) => sameFault(fault, chip.fault));

/** Switches a chip; whatever would strike the same attempts of the same task goes off, as one attempt has one fault. */
export function toggleChip(draft: Draft, id: string): Draft {
  const chip = CHIPS.find((one) => one.id === id);
  if (!chip) return draft;
  if (isOn(chip, draft)) return withoutFault(draft, chip.fault);
  const cleared = draft.rest.faults
    .filter((fault) => excludes(fault, chip.fault))
    .reduce(withoutFault, draft);
  const faults = [...cleared.rest.faults, chip.fault].sort(flipsLast);
  const { override } = chip;
  const ready = override ? withTimeout(cleared, override.task, override.timeoutSeconds) : cleared;
  return withRest(ready, { faults });
}

export function withoutFault(draft: Draft, fault: Fault): Draft {
  const faults = draft.rest.faults.filter((one) => !sameFault(one, fault));
  const override = CHIPS.find((chip) => sameFault(chip.fault, fault))?.override;
  const set = override && draft.rest.overrides[override.task]?.timeoutSeconds;
  const mine = override !== undefined && set === override.timeoutSeconds;
  return withRest(mine ? withTimeout(draft, override.task) : draft, { faults });
}

function withTimeout(draft: Draft, task: string, timeoutSeconds?: number): Draft {
  const { timeoutSeconds: _old, ...others } = draft.rest.overrides[task] ?? {};
  const override = timeoutSeconds === undefined ? others : { ...others, timeoutSeconds };
  const { overrides } = withoutOverride(draft, task).rest;
  return withRest(draft, { overrides: mergeOverrides(overrides, { [task]: override }) });
}

/** Flipped labels go with a failing attempt (a later one loads the data); two other faults of one attempt do not. */
function excludes(one: Fault, other: Fault): boolean {
  const flips = one.effect.kind === 'flip-labels' || other.effect.kind === 'flip-labels';
  const overlap = one.attempts.some((attempt) => other.attempts.includes(attempt));
  return one.task === other.task && overlap && !flips;
}

/** The first fault that fits an attempt strikes it. */
const flipsLast = (one: Fault, other: Fault): number =>
  Number(one.effect.kind === 'flip-labels') - Number(other.effect.kind === 'flip-labels');

const sameFault = (one: Fault, other: Fault): boolean => formatFault(one) === formatFault(other);
