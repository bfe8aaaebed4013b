import { describe, expect, it } from 'vitest';
import {
  describeRefusal,
  joinLink,
  MAX_LINK_TEXT,
  parseLinkJson,
  parseWire,
  splitLink,
  toWire,
} from '#domain/link.ts';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';

describe('a link', () => {
  it('leaves out everything that is as by default', () => {
    expect(toWire(DEFAULT_SCENARIO)).toEqual({});
    expect(parseWire({})).toEqual({ ok: true, scenario: DEFAULT_SCENARIO });
  });

  it('holds what differs and nothing else', () => {
    const scenario = { ...DEFAULT_SCENARIO, seed: 9, parameters: { threshold: 0.95 } };
    expect(toWire(scenario)).toEqual({ parameters: { threshold: 0.95 }, seed: 9 });
  });

  it('names its format first', () => {
    expect(joinLink('abc')).toBe('1.abc');
    expect(splitLink('1.a-_9')).toEqual({ ok: true, body: 'a-_9' });
  });

  it.each([
    ['', 'damaged'],
    ['1.', 'damaged'],
    ['abc', 'damaged'],
    ['0.abc', 'damaged'],
    ['01.abc', 'damaged'],
    ['1.ab/c', 'damaged'],
    ['1.ab%20', 'damaged'],
    ['2.abc', 'newer'],
    ['2.whatever a later format, holds', 'newer'],
    ['1.' + 'a'.repeat(MAX_LINK_TEXT), 'too-long'],
  ])('%.20s is refused as %s', (text, kind) => {
    expect(splitLink(text)).toMatchObject({ ok: false, refusal: { kind } });
  });

  it.each([
    { kind: 'damaged', detail: 'it ends early' },
    { kind: 'newer', format: 2 },
    { kind: 'too-long', characters: 70_000 },
    { kind: 'inflates-too-far' },
    { kind: 'wrong-shape', detail: 'seed: not a number' },
  ] as const)('$kind says what happened and what to do next', (refusal) => {
    expect(describeRefusal(refusal)).toMatch(/^This link .+\. (Copy|Reload|Ask) .+\.$/);
  });
});

describe('what a stranger may write into a link', () => {
  it.each([
    ['null', 'wrong-shape'],
    ['[]', 'wrong-shape'],
    ['7', 'wrong-shape'],
    ['{"seed":-1}', 'wrong-shape'],
    ['{"seed":1e300}', 'wrong-shape'],
    ['{"seed":"7"}', 'wrong-shape'],
    ['{"flowId":""}', 'wrong-shape'],
    ['{"flowId":{"toString":1}}', 'wrong-shape'],
    ['{"parameters":{"threshold":{"a":1}}}', 'wrong-shape'],
    ['{"overrides":{"extract":{"retries":-1}}}', 'wrong-shape'],
    ['{"overrides":{"extract":{"retryDelaySeconds":[]}}}', 'wrong-shape'],
    ['{"faults":[{"task":"extract","attempts":[0],"effect":{"kind":"throw"}}]}', 'wrong-shape'],
    ['{"faults":[{"task":"extract","attempts":[1],"effect":{"kind":"erase"}}]}', 'wrong-shape'],
    ['{"faults":[{"task":"t","attempts":[1],"effect":{"kind":"hang","at":1}}]}', 'wrong-shape'],
    ['{', 'damaged'],
    ['', 'damaged'],
    ['['.repeat(200_000), 'damaged'],
  ])('%.60s is refused', (json, kind) => {
    expect(parseLinkJson(json)).toMatchObject({ ok: false, refusal: { kind } });
  });

  it('is refused when there is too much of it', () => {
    const faults = Array.from({ length: 101 }, () => ({
      task: 't',
      attempts: [1],
      effect: { kind: 'throw' },
    }));
    const parameters = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, i]));
    expect(parseWire({ faults })).toMatchObject({ ok: false });
    expect(parseWire({ parameters })).toMatchObject({ ok: false });
  });

  it('loses the keys that this version does not know', () => {
    const json = '{"title":"Bad data","seed":3,"view":{"task":"train","zoom":2}}';
    expect(parseLinkJson(json)).toEqual({
      ok: true,
      scenario: { ...DEFAULT_SCENARIO, seed: 3, view: { task: 'train' } },
    });
  });

  it('cannot reach a prototype', () => {
    const json = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
      "parameters":{"__proto__":1,"constructor":2,"threshold":0.5},
      "overrides":{"__proto__":{"retries":9},"extract":{"__proto__":{"retries":9}}}}`;
    const reading = parseLinkJson(json);
    expect(reading).toEqual({
      ok: true,
      scenario: { ...DEFAULT_SCENARIO, parameters: { threshold: 0.5 }, overrides: { extract: {} } },
    });
    expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false);
    if (reading.ok) expect(reading.scenario.overrides['extract']?.retries).toBeUndefined();
  });
});
