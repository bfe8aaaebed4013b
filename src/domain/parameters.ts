import { showValue } from './show-value.ts';

/** The schema of a flow's parameters: plain data, so that it travels, draws a form and is checked before the body is entered. */
export type ParameterSchema = Readonly<Record<string, ParameterField>>;

export type ParameterField = NumberField | TextField | BooleanField | ChoiceField;

export interface NumberField {
  readonly kind: 'number' | 'integer';
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
  readonly description?: string;
}

export interface TextField {
  readonly kind: 'text';
  readonly default?: string;
  readonly maxLength?: number;
  readonly description?: string;
}

export interface BooleanField {
  readonly kind: 'boolean';
  readonly default?: boolean;
  readonly description?: string;
}

const MOST_OPTIONS = 100;

/** What keeps a list from being the options of a choice. */
export function optionsProblem(options: unknown): string | undefined {
  if (!Array.isArray(options) || !options.every((one) => typeof one === 'string'))
    return `the options must be a list of texts, not ${showValue(options)}`;
  if (options.length === 0 || options.length > MOST_OPTIONS)
    return `there must be 1 to ${MOST_OPTIONS} options, not ${options.length}`;
  if (options.some((one) => one.trim() === '')) return 'an option is blank';
  return new Set(options).size === options.length ? undefined : 'an option is there twice';
}

/** One of some texts. */
export interface ChoiceField {
  readonly kind: 'choice';
  /** 1 to 100, none blank, each once. */
  readonly options: readonly string[];
  readonly default?: string;
  readonly description?: string;
}

export type ParameterValue = number | string | boolean;
export type Parameters = Readonly<Record<string, ParameterValue>>;

export type ParameterCheck =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a flow says of its parameters. */
export interface ParameterRules {
  readonly parameters: ParameterSchema;
  readonly options: { readonly validateParameters?: boolean };
}

/** By the rules of the flow: checked, or with `validateParameters: false` taken as they were given. */
export function resolveParameters(
  { parameters: schema, options }: ParameterRules,
  given: Readonly<Record<string, unknown>>,
): ParameterCheck {
  return options.validateParameters === false
    ? takeParameters(schema, given)
    : checkParameters(schema, given);
}

/** Fills defaults; refuses only what cannot be recorded. */
function takeParameters(
  schema: ParameterSchema,
  given: Readonly<Record<string, unknown>>,
): ParameterCheck {
  const defaults = Object.entries(schema).map(([name, field]) => [name, field.default] as const);
  const all = Object.entries({ ...Object.fromEntries(defaults), ...given });
  const present = all.filter(([, value]) => value !== undefined);
  const problems = present
    .filter(([, value]) => !isParameterValue(value))
    .map(([name, value]) => `${name}: ${showValue(value)} is not a number, text, true or false`);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, parameters: Object.fromEntries(present) as Parameters };
}

const isParameterValue = (value: unknown): boolean =>
  ['number', 'string', 'boolean'].includes(typeof value);

/** Fills defaults, coerces text to numbers and booleans as a form or a link gives them, and names every problem. */
export function checkParameters(
  schema: ParameterSchema,
  given: Readonly<Record<string, unknown>>,
  unknown = 'this flow has no such parameter',
): ParameterCheck {
  const problems: string[] = [];
  const parameters: Record<string, ParameterValue> = {};
  for (const name of Object.keys(given))
    if (!Object.hasOwn(schema, name)) problems.push(`${name}: ${unknown}`);
  for (const [name, field] of Object.entries(schema)) {
    const value = coerce(field, Object.hasOwn(given, name) ? given[name] : field.default);
    const problem = problemOf(field, value);
    if (problem === undefined) parameters[name] = value as ParameterValue;
    else problems.push(`${name}: ${problem}`);
  }
  return problems.length === 0 ? { ok: true, parameters } : { ok: false, problems };
}

function coerce(field: ParameterField, value: unknown): unknown {
  if (typeof value !== 'string' || field.kind === 'text' || field.kind === 'choice') return value;
  if (field.kind === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value.trim() === '' ? value : Number.isNaN(Number(value)) ? value : Number(value);
}

function problemOf(field: ParameterField, value: unknown): string | undefined {
  if (value === undefined) return 'a value is needed';
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${showValue(value)} is not true or false`;
    case 'text':
      return textProblem(field, value);
    case 'choice':
      return choiceProblem(field, value);
    case 'number':
    case 'integer':
      return numberProblem(field, value);
  }
}

function textProblem(field: TextField, value: unknown): string | undefined {
  if (typeof value !== 'string') return `${showValue(value)} is not text`;
  const max = field.maxLength ?? 10_000;
  return value.length <= max ? undefined : `the text is longer than ${max} characters`;
}

function choiceProblem({ options }: ChoiceField, value: unknown): string | undefined {
  if (options.some((option) => option === value)) return undefined;
  return `${showValue(value)} is not one of ${options.map(showValue).join(', ')}`;
}

function numberProblem(field: NumberField, value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value))
    return `${showValue(value)} is not a number`;
  if (field.kind === 'integer' && !Number.isSafeInteger(value))
    return `${value} is not a whole number`;
  if (field.min !== undefined && value < field.min) return `${value} is below ${field.min}`;
  if (field.max !== undefined && value > field.max) return `${value} is above ${field.max}`;
  return undefined;
}
