import type { FlowDescription, Problem } from '#domain/engine-api.ts';
import type { Overrides, TaskOverride } from '#domain/policies.ts';
import { DEFAULT_SCENARIO, type Scenario } from '#domain/scenario.ts';
import { delayText, readSettings, type SettingsEdits } from './run-settings.ts';

/** What the Lab edits: the typed settings, and everything else a scenario may hold. */
export interface Draft {
  readonly edits: SettingsEdits;
  /** Never holds what `edits` holds: the threshold, the seed, retries and delay of extract. */
  readonly rest: Scenario;
}

export type DraftReading =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const EMPTY_DRAFT: Draft = { edits: {}, rest: DEFAULT_SCENARIO };

export function readDraft(draft: Draft, flow: FlowDescription | undefined): DraftReading {
  const settings = readSettings(draft.edits, flow);
  if (!settings.ok) return settings;
  const { rest } = draft;
  return {
    ok: true,
    scenario: {
      ...rest,
      parameters: { ...rest.parameters, ...settings.parameters },
      overrides: mergeOverrides(rest.overrides, settings.overrides),
      seed: settings.seed,
    },
  };
}

/** The inverse: a scenario from a link or a run, as fields that can be edited. */
export function draftOf(scenario: Scenario): Draft {
  const { threshold, ...parameters } = scenario.parameters;
  const { extract = {}, ...others } = scenario.overrides;
  const { retries, retryDelaySeconds, ...extractRest } = extract;
  const edits: SettingsEdits = {
    ...(threshold === undefined ? {} : { threshold: String(threshold) }),
    ...(scenario.seed === DEFAULT_SCENARIO.seed ? {} : { seed: String(scenario.seed) }),
    ...(retries === undefined ? {} : { extractRetries: String(retries) }),
    ...(retryDelaySeconds === undefined ? {} : { extractDelay: delayText(retryDelaySeconds) }),
  };
  const overrides = mergeOverrides(others, { extract: extractRest });
  return { edits, rest: { ...scenario, parameters, overrides, seed: DEFAULT_SCENARIO.seed } };
}

export function withoutOverride(draft: Draft, task: string): Draft {
  const { [task]: _gone, ...overrides } = draft.rest.overrides;
  return withRest(draft, { overrides });
}

export const withRest = (draft: Draft, change: Partial<Scenario>): Draft => ({
  ...draft,
  rest: { ...draft.rest, ...change },
});

export function mergeOverrides(base: Overrides, change: Overrides): Overrides {
  const merged: Record<string, TaskOverride> = { ...base };
  for (const [task, override] of Object.entries(change))
    if (Object.keys(override).length > 0) merged[task] = { ...base[task], ...override };
  return merged;
}
