import type { FlowDescription, Problem } from '#domain/engine-api.ts';
import { checkParameters, type ParameterSchema, type ParameterValue } from '#domain/parameters.ts';
import type { Overrides, TaskOverride } from '#domain/policies.ts';
import type { RunSettingsValues } from '#ui/layout/run-settings.ts';
import { readParameters } from './parameter-fields.ts';

/** Only the fields that were changed: the others follow the source. */
export type SettingsEdits = Partial<RunSettingsValues> & {
  /** Of parameters without a field of their own, by name. */
  readonly parameters?: Readonly<Record<string, string>>;
};

export type SettingsReading =
  | {
      readonly ok: true;
      readonly parameters: Readonly<Record<string, ParameterValue>>;
      readonly overrides: Overrides;
      readonly seed: number;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const DEFAULT_SEED = '7';
const FIELDS = ['threshold', 'seed', 'extractRetries', 'extractDelay'] as const;
const THRESHOLD: ParameterSchema = { threshold: { kind: 'number', default: 0.9, min: 0, max: 1 } };

/** What the source says; before it was read, what the built-in flow says. */
export function settingsDefaults(flow: FlowDescription | undefined): RunSettingsValues {
  const options = flow ? flow.tasks.find((task) => task.name === 'extract')?.options : BUILT_IN;
  const threshold = (flow?.parameters ?? THRESHOLD)['threshold']?.default ?? '';
  return {
    threshold: String(threshold),
    seed: DEFAULT_SEED,
    extractRetries: String(options?.retries ?? 0),
    extractDelay: delayText(options?.retryDelaySeconds ?? 0),
  };
}

/** The fields that mean something for the flow, and those that were changed nevertheless. */
export function shownFields(
  flow: FlowDescription | undefined,
  isFirst: boolean,
  edits: SettingsEdits,
): readonly (keyof RunSettingsValues)[] {
  const hasThreshold = flow ? 'threshold' in flow.parameters : isFirst;
  const hasExtract = flow ? flow.tasks.some(({ name }) => name === 'extract') : isFirst;
  const meant = {
    threshold: hasThreshold,
    seed: true,
    extractRetries: hasExtract,
    extractDelay: hasExtract,
  };
  return FIELDS.filter((field) => meant[field] || edits[field] !== undefined);
}

const BUILT_IN = { retries: 2, retryDelaySeconds: 5 };

/** Keeps what differs from the defaults, so that a field set back by hand counts as unchanged. */
export function editsOf(values: RunSettingsValues, defaults: RunSettingsValues): SettingsEdits {
  return Object.fromEntries(
    FIELDS.filter((field) => values[field].trim() !== defaults[field]).map((field) => [
      field,
      values[field],
    ]),
  );
}

export function readSettings(
  edits: SettingsEdits,
  flow: FlowDescription | undefined,
): SettingsReading {
  const problems: Problem[] = [];
  const note = (field: string, message: string) => problems.push({ field, message });
  const parameters = readThreshold(edits.threshold, flow?.parameters ?? THRESHOLD, note);
  const others = readParameters(edits.parameters, flow);
  problems.push(...others.problems);
  const seed = readWhole(edits.seed ?? DEFAULT_SEED);
  if (seed === undefined)
    note(
      'seed',
      'The seed must be a whole number of 0 or more, like 7: the same seed repeats a run.',
    );
  const extract = readExtract(edits, note);
  if (problems.length > 0 || seed === undefined) return { ok: false, problems };
  const overrides: Overrides = Object.keys(extract).length > 0 ? { extract } : {};
  return { ok: true, parameters: { ...parameters, ...others.parameters }, overrides, seed };
}

type Note = (field: string, message: string) => void;

function readThreshold(text: string | undefined, schema: ParameterSchema, note: Note) {
  if (text === undefined) return {};
  const { threshold } = schema;
  const check = checkParameters(threshold ? { threshold } : {}, { threshold: text });
  if (check.ok) return check.parameters;
  const [problem = ''] = check.problems;
  const next = threshold
    ? 'Type a number from 0 to 1, like 0.9.'
    : 'Add the parameter to the source, or reset this field.';
  note('threshold', `${problem.replace('threshold: ', 'Threshold: ')}. ${next}`);
  return {};
}

function readExtract(edits: SettingsEdits, note: Note): TaskOverride {
  const { extractRetries, extractDelay } = edits;
  const retries = extractRetries === undefined ? undefined : readWhole(extractRetries);
  const delays = extractDelay === undefined ? undefined : readDelays(extractDelay);
  if (extractRetries !== undefined && retries === undefined)
    note(
      'extract.retries',
      'Retries must be a whole number of 0 or more: attempts beyond the first.',
    );
  if (extractDelay !== undefined && delays === undefined)
    note(
      'extract.retryDelaySeconds',
      'The delay must be seconds of 0 or more, like 5, or a list of up to 50, like 1, 2, 4.',
    );
  return {
    ...(retries === undefined ? {} : { retries }),
    ...(delays === undefined ? {} : { retryDelaySeconds: delays }),
  };
}

function readWhole(text: string): number | undefined {
  return /^\d{1,16}$/.test(text.trim()) && Number.isSafeInteger(Number(text))
    ? Number(text)
    : undefined;
}

/** `5`, `5 s`, `1, 2, 4`. */
function readDelays(text: string): number | readonly number[] | undefined {
  const parts = text.replace(/\s*s\s*$/, '').split(/[,;\s]+/);
  const good = parts.every((part) => /^(\d+\.?\d*|\.\d+)$/.test(part)) && parts.length <= 50;
  if (!good) return undefined;
  const [only = 0, ...others] = parts.map(Number);
  return others.length === 0 ? only : [only, ...others];
}

export const delayText = (delays: number | readonly number[]): string =>
  typeof delays === 'number' ? String(delays) : delays.join(', ');
