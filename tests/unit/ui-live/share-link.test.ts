import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import { packScenario, unpackScenario } from '#ui/live/share-link.ts';

interface PinnedLink {
  readonly what: string;
  readonly link: string;
  readonly differences: Record<string, unknown>;
}

const pinned: readonly PinnedLink[] = JSON.parse(
  readFileSync(new URL('../../fixtures/links.json', import.meta.url), 'utf8'),
);

const linkOf = (bytes: string | Uint8Array) => `1.${deflateRawSync(bytes).toString('base64url')}`;

describe('links published once', () => {
  it.each(pinned)('still open: $what', async ({ link, differences }) => {
    const scenario = { ...DEFAULT_SCENARIO, ...differences };
    expect(await unpackScenario(link.replace('#/s/', ''))).toEqual({ ok: true, scenario });
  });
});

describe('a packed scenario', () => {
  it('stays well under 1,900 characters', async () => {
    const scenario = {
      ...DEFAULT_SCENARIO,
      parameters: { threshold: 0.95 },
      overrides: {
        extract: { retries: 4, retryDelaySeconds: [1, 2, 4] },
        train: { timeoutSeconds: 3 },
      },
      faults: [{ task: 'train', attempts: [1, 2, 3], effect: { kind: 'hang', at: 0.4 } }],
      seed: 123_456,
      arrivalDay: 60,
      view: { task: 'train', attempt: 2 },
    } as const;
    expect((await packScenario(scenario)).length).toBeLessThan(400);
  });

  it('has only letters that every program leaves alone in a link', async () => {
    expect(await packScenario({ ...DEFAULT_SCENARIO, flowId: 'ÿþ~~~~???' })).toMatch(/^1\.[\w-]+$/);
  });
});

describe('a hostile link', () => {
  it('is read no further than the limit when it inflates to a gigabyte', async () => {
    const bomb = linkOf(new Uint8Array(40 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(64 * 1024);
    const before = performance.now();
    expect(await unpackScenario(bomb)).toMatchObject({ refusal: { kind: 'inflates-too-far' } });
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it.each([
    ['cut short', linkOf('{"seed":3,"parameters":{"threshold":0.5}}').slice(0, -12), 'damaged'],
    ['not deflate', `1.${Buffer.from('hello there').toString('base64url')}`, 'damaged'],
    ['not UTF-8', linkOf(Uint8Array.of(0x22, 0xff, 0xfe, 0x22)), 'damaged'],
    ['not JSON', linkOf('seed=3'), 'damaged'],
    ['not a scenario', linkOf('{"faults":"all"}'), 'wrong-shape'],
    ['too long', linkOf('{}') + 'A'.repeat(70_000), 'too-long'],
    ['one letter', '1.A', 'damaged'],
  ])('that is %s is refused', async (_what, link, kind) => {
    expect(await unpackScenario(link)).toMatchObject({ ok: false, refusal: { kind } });
  });
});
