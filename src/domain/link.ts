import * as v from 'valibot';
import { assertNever } from './assert-never.ts';
import { DEFAULT_SCENARIO, type Scenario } from './scenario.ts';

const LINK_FORMAT = 1;
/** Longest text of a link that is looked at, in characters after `#/s/`. */
export const MAX_LINK_TEXT = 64 * 1024;
/** Longest JSON that a link may inflate to, in bytes. */
export const MAX_LINK_JSON = 1024 * 1024;

/** Why a link was not opened. Nothing of a refused link is used. */
export type LinkRefusal =
  | { readonly kind: 'damaged'; readonly detail: string }
  | { readonly kind: 'newer'; readonly format: number }
  | { readonly kind: 'too-long'; readonly characters: number }
  | { readonly kind: 'inflates-too-far' }
  | { readonly kind: 'wrong-shape'; readonly detail: string };

export type LinkReading =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly refusal: LinkRefusal };

export type LinkParts =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly refusal: LinkRefusal };

/** `1.q1ZKy8k...`: what stands after `#/s/`. */
export const joinLink = (body: string): string => `${LINK_FORMAT}.${body}`;

/** Separates format and body (base64url) of what stands after `#/s/`. */
export function splitLink(text: string): LinkParts {
  if (text.length > MAX_LINK_TEXT) return refuse({ kind: 'too-long', characters: text.length });
  const [, digits = '', body = ''] = /^([1-9]\d{0,5})\.(.+)$/s.exec(text) ?? [];
  if (digits === '') return refuse({ kind: 'damaged', detail: 'it does not begin with a format' });
  const format = Number(digits);
  if (format > LINK_FORMAT) return refuse({ kind: 'newer', format });
  if (!/^[\w-]+$/.test(body)) return refuse({ kind: 'damaged', detail: 'it has foreign letters' });
  return { ok: true, body };
}

/** One sentence on what happened and why, one on what next. */
export function describeRefusal(refusal: LinkRefusal): string {
  switch (refusal.kind) {
    case 'damaged':
      return `This link is damaged: ${refusal.detail}. Copy it again, whole, from where you found it.`;
    case 'newer':
      return `This link was made by a newer Nightshift (format ${refusal.format}; this one reads up to ${LINK_FORMAT}). Reload the page to get the newest version, then open the link again.`;
    case 'too-long':
      return `This link has ${refusal.characters.toLocaleString('en')} characters; more than ${MAX_LINK_TEXT.toLocaleString('en')} are not read. Ask for a shorter one.`;
    case 'inflates-too-far':
      return 'This link unpacks to more than 1 MB, so it was not read. Ask whoever made it for a smaller one.';
    case 'wrong-shape':
      return `This link does not describe a run: ${refusal.detail}. Ask whoever made it for a new one.`;
    default:
      return assertNever(refusal);
  }
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const attempt = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50));
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const fraction = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** A record of at most `most` entries; valibot leaves `__proto__`, `prototype` and `constructor` out of records. */
const few = <const S extends v.GenericSchema>(entry: S, most: number) =>
  v.pipe(v.record(name, entry), v.maxEntries(most));

const override = v.object({
  retries: v.exactOptional(wholeNumber),
  retryDelaySeconds: v.exactOptional(
    v.union([seconds, v.pipe(v.array(seconds), v.minLength(1), v.maxLength(50))]),
  ),
  timeoutSeconds: v.exactOptional(v.pipe(v.number(), v.finite(), v.gtValue(0))),
});

const fault = v.object({
  task: name,
  attempts: v.pipe(v.array(attempt), v.minLength(1), v.maxLength(50)),
  effect: v.variant('kind', [
    v.object({ kind: v.literal('throw') }),
    v.object({ kind: v.literal('hang'), at: fraction }),
    v.object({ kind: v.literal('crash'), at: fraction }),
    v.object({ kind: v.literal('flip-labels') }),
  ]),
});

const parameter = v.union([
  v.pipe(v.number(), v.finite()),
  v.pipe(v.string(), v.maxLength(10_000)),
  v.boolean(),
]);

/** Keys it does not know are dropped, here and inside. */
const wire = v.object({
  flowId: v.exactOptional(name),
  parameters: v.exactOptional(few(parameter, 50)),
  overrides: v.exactOptional(few(override, 200)),
  faults: v.exactOptional(v.pipe(v.array(fault), v.maxLength(100))),
  seed: v.exactOptional(wholeNumber),
  arrivalDay: v.exactOptional(wholeNumber),
  view: v.exactOptional(
    v.object({ task: v.exactOptional(name), attempt: v.exactOptional(attempt) }),
  ),
});

/** Only the differences from `DEFAULT_SCENARIO`, keys in a fixed order: the same scenario gives the same link. */
export function toWire(scenario: Scenario): Readonly<Record<string, unknown>> {
  const keys = [
    'flowId',
    'parameters',
    'overrides',
    'faults',
    'seed',
    'arrivalDay',
    'view',
  ] as const;
  return Object.fromEntries(
    keys
      .filter((key) => !same(scenario[key], DEFAULT_SCENARIO[key]))
      .map((key) => [key, scenario[key]]),
  );
}

/** Reads the JSON of an unpacked link. */
export function parseLinkJson(text: string): LinkReading {
  try {
    return parseWire(JSON.parse(text));
  } catch {
    return refuse({ kind: 'damaged', detail: 'what it unpacks to is not JSON' });
  }
}

/** Never throws: what arrives in a link was written by a stranger. */
export function parseWire(value: unknown): LinkReading {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!plain) return refuse({ kind: 'wrong-shape', detail: 'it holds no settings' });
  const parsed = v.safeParse(wire, value);
  if (parsed.success) return { ok: true, scenario: { ...DEFAULT_SCENARIO, ...parsed.output } };
  const [issue] = parsed.issues;
  const detail = `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`.slice(0, 300);
  return refuse({ kind: 'wrong-shape', detail });
}

const refuse = <const R extends LinkRefusal>(refusal: R) => ({ ok: false, refusal }) as const;

/** Scenarios are JSON, and `toWire` keeps their key order: equal text is equal enough to leave out. */
const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
