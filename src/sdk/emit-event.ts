import { EVENT_NAME, MAX_EVENT_DATA } from '#domain/host-api.ts';
import type { Json } from '#domain/json.ts';
import { showValue } from '#domain/show-value.ts';
import { outboxHere } from './outbox-here.ts';

/**
 * Puts an event of your own into the history of the run, and into its log: `emitEvent('model.drifted', { psi: 0.31 })`.
 * From tasks and from flow bodies; outside a run it warns and does nothing.
 * @param data what JSON can hold, at most 16384 characters of it
 * @throws TypeError naming what is wrong with the name, or where in the data something is that JSON cannot hold
 */
export function emitEvent(name: string, data?: Json): Promise<void> {
  if (!(typeof name === 'string' && EVENT_NAME.test(name)))
    throw new TypeError(
      `The name of an event begins with a letter or digit and goes on with letters, digits, spaces or . _ : / -, at most 100, like 'model.drifted', not ${showValue(name)}.`,
    );
  const text = data === undefined ? undefined : jsonText(name, data);
  const outbox = outboxHere('emitEvent');
  if (!outbox) return Promise.resolve();
  return outbox.send({ method: 'emitEvent', name, data: text }).kept;
}

function jsonText(name: string, data: unknown): string {
  refuseNonJson(data, `the data of event '${name}'`, new Set());
  const text = JSON.stringify(data);
  if (text.length <= MAX_EVENT_DATA) return text;
  throw new RangeError(
    `emitEvent: the data of event '${name}' is ${text.length} characters long as JSON, and ${MAX_EVENT_DATA} is the limit. Say less, or make an artifact.`,
  );
}

/** JSON.stringify would leave it out or change it without a word. @throws TypeError with its path */
function refuseNonJson(value: unknown, path: string, inside: Set<object>): void {
  const refuse = (what: string) =>
    new TypeError(`emitEvent: ${path} ${what}, which JSON cannot hold. Give plain data.`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (typeof value !== 'object') throw refuse(`is ${showValue(value)}`);
  if (inside.has(value)) throw refuse('contains itself');
  const isPlain = [Object.prototype, Array.prototype, null].includes(
    Object.getPrototypeOf(value) as object | null,
  );
  if (!isPlain) throw refuse(`is a ${value.constructor?.name ?? 'object of its own kind'}`);
  inside.add(value);
  for (const [key, one] of Object.entries(value)) refuseNonJson(one, `${path}.${key}`, inside);
  inside.delete(value);
}
