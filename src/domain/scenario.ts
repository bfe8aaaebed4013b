import type { Fault } from './faults.ts';
import type { ParameterValue } from './parameters.ts';
import type { Overrides } from './policies.ts';

/** Everything that decides what a run does, apart from the source: what a link carries and the Lab edits. */
export interface Scenario {
  readonly flowId: string;
  /** Absent parameters take the flow's defaults. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly overrides: Overrides;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Last day of the built-in corpus to read; absent: all that has arrived where it runs. */
  readonly arrivalDay?: number;
  readonly view?: ScenarioView;
}

/** What was looked at when the link was made. */
export interface ScenarioView {
  readonly task?: string;
  /** Counted from 1. */
  readonly attempt?: number;
}

/**
 * What a link of format 1 leaves out.
 * Invariant: never changed. A link says only what differs, so another default would change links published long ago.
 */
export const DEFAULT_SCENARIO: Scenario = {
  flowId: 'retrain-sentiment',
  parameters: {},
  overrides: {},
  faults: [],
  seed: 7,
};
