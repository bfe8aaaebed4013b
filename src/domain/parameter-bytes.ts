import { TO_REFERENCE } from './author-host.ts';

/**
 * Parameters that a flow body gives to a subflow, as they travel to the engine: JSON in UTF-8, so that the engine can
 * check them without decoding values of author code. What is no JSON but could be meant is carried far enough to be
 * refused by name.
 * @param flow named in errors
 * @throws TypeError for what cannot be a parameter at all: a future, a function
 */
export function writeParameters(
  flow: string,
  given: Readonly<Record<string, unknown>> = {},
): ArrayBuffer {
  if (!isRecord(given))
    throw new TypeError(`Flow '${flow}' takes one object of parameters, such as { n: 3 }.`);
  for (const [name, value] of Object.entries(given)) refuseUnfit(flow, name, value);
  return new TextEncoder().encode(JSON.stringify(given, withoutLoss)).buffer;
}

/**
 * @throws Error when they were not written by `writeParameters`
 */
export function readParameters(bytes: ArrayBuffer): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (isRecord(parsed)) return parsed;
  throw new Error('The parameters of a subflow must be an object.');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuseUnfit(flow: string, name: string, value: unknown): void {
  const at = `The parameter '${name}' of flow '${flow}'`;
  if (typeof value === 'object' && value !== null && TO_REFERENCE in value)
    throw new TypeError(`${at} must be a number, text, true or false. Await a future first.`);
  if (['function', 'symbol', 'bigint'].includes(typeof value))
    throw new TypeError(`${at} cannot be a ${typeof value}: give a number, text, true or false.`);
}

/** JSON makes null of NaN and Infinity; as text they are named when they are refused. */
const withoutLoss = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
