import { PAUSE_LIMITS, type PauseQuestion } from '#domain/pauses.ts';
import { optionsProblem } from '#domain/parameters.ts';
import { showValue } from '#domain/show-value.ts';
import type { AnyField, ValuesOf } from './fields.ts';
import { served } from './scope.ts';

type Fields = Readonly<Record<string, AnyField>>;

export interface PauseOptions<F extends Fields = Fields> {
  /**
   * A pause with a key is answered once in a flow run: a later call with the same key, in a flow retry as well, gives
   * that answer at once. Without a key each call asks.
   */
  readonly key?: string;
  /** Shown to the person who is asked; at most 2000 characters. */
  readonly message?: string;
  /** What to ask for: `{ approved: boolean(), reason: text({ default: '' }) }`. */
  readonly schema?: F;
  /** How long to wait for the answer: 3600 unless it is said. It goes on while the tab is closed. */
  readonly timeoutSeconds?: number;
  /** True: the run is Suspended. Its workers are ended, and its flow function is entered again from the journal. */
  readonly suspend?: boolean;
}

const DEFAULT_TIMEOUT_SECONDS = 3600;

/**
 * Stops the flow run until a person resumes it, and gives what the person answered. Task runs that are under way go on
 * to their end meanwhile; none starts. The time does not count for the `timeoutSeconds` of the flow.
 *
 * `const { approved } = await pause({ message: 'Promote?', schema: { approved: boolean() } });`
 * @throws FlowPauseTimeout when nobody answered in time; Error in a task; TypeError | RangeError for options that make
 * no sense
 */
export function pause<F extends Fields>(
  options: PauseOptions<F> & { readonly schema: F },
): Promise<ValuesOf<F>>;
export function pause(options?: PauseOptions & { readonly schema?: undefined }): Promise<undefined>;
export async function pause(options: PauseOptions = {}): Promise<unknown> {
  const current = served();
  if (!current) throw new Error('pause works inside a flow run only.');
  if (!current.flow)
    throw new Error(
      'pause works in a flow body: a task cannot wait for a person. Pause between two tasks, and pass the answer on.',
    );
  return current.flow.pause(questionOf(options));
}

function questionOf(options: PauseOptions): PauseQuestion {
  const { key, message, schema, suspend = false } = options;
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  checkText('key', key, PAUSE_LIMITS.key);
  checkText('message', message, PAUSE_LIMITS.message);
  if (!(Number.isFinite(timeoutSeconds) && timeoutSeconds > 0))
    throw new RangeError(
      `pause: timeoutSeconds must be a number of seconds above 0, not ${showValue(timeoutSeconds)}.`,
    );
  if (typeof suspend !== 'boolean')
    throw new TypeError(`pause: suspend must be true or false, not ${showValue(suspend)}.`);
  if (schema !== undefined) checkSchema(schema);
  return { key, message, schema, timeoutSeconds, suspend };
}

function checkText(option: 'key' | 'message', value: unknown, max: number): void {
  if (value === undefined) return;
  if (typeof value !== 'string')
    throw new TypeError(`pause: ${option} must be text, not ${showValue(value)}.`);
  if (value.length > max)
    throw new RangeError(`pause: ${option} must be at most ${max} characters long.`);
}

const VALUE_TYPES: Readonly<Record<string, string>> = {
  number: 'number',
  integer: 'number',
  text: 'string',
  boolean: 'boolean',
  choice: 'string',
};

function checkSchema(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null)
    throw new TypeError(`pause: schema must be an object of fields, not ${showValue(schema)}.`);
  const fields: readonly (readonly [string, unknown])[] = Object.entries(schema);
  if (fields.length > PAUSE_LIMITS.fields)
    throw new RangeError(`pause: a schema has at most ${PAUSE_LIMITS.fields} fields.`);
  for (const [name, field] of fields) if (!isField(field)) throw notAField(name, field);
}

/** Everything that the engine would refuse otherwise, where nobody could say which pause it was. */
function isField(field: unknown): boolean {
  if (typeof field !== 'object' || field === null) return false;
  const given: Readonly<Record<string, unknown>> = { ...field };
  const type = VALUE_TYPES[String(given['kind'])];
  const is = (option: string, expected: string | undefined) =>
    given[option] === undefined || (typeof given[option] === expected && !isNaN(given[option]));
  return (
    type !== undefined &&
    is('default', type) &&
    ['min', 'max', 'maxLength'].every((option) => is(option, 'number')) &&
    is('description', 'string') &&
    (given['kind'] !== 'choice' || isChoice(given))
  );
}

/** Any text may be given that is one of the options. */
function isChoice(field: Readonly<Record<string, unknown>>): boolean {
  const { options, default: chosen } = field;
  if (optionsProblem(options) !== undefined) return false;
  return chosen === undefined || (Array.isArray(options) && options.includes(chosen));
}

const isNaN = (value: unknown): boolean => Number.isNaN(value);

const notAField = (name: string, field: unknown): TypeError =>
  new TypeError(
    `pause: ${name} is not a field: ${showValue(field)}. Make it by number(), integer(), text(), boolean() or choice(), with a default of that kind.`,
  );
