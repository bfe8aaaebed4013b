import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkJson, splitLink, toWire } from '#domain/link.ts';
import { anyScenario } from '#tests/support/scenarios.ts';
import { packScenario, unpackScenario } from '#ui/live/share-link.ts';

describe('share links', () => {
  it('come back as the scenario that was packed', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario, async (scenario) => {
        expect(await unpackScenario(await packScenario(scenario))).toEqual({ ok: true, scenario });
      }),
      { numRuns: 200 },
    );
  });

  it('survive JSON without the packing too', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        expect(parseLinkJson(JSON.stringify(toWire(scenario)))).toEqual({ ok: true, scenario });
      }),
    );
  });

  it('answer any text with a scenario or a refusal, never with an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.base64String(), async (text, base64) => {
        for (const link of [text, `1.${text}`, `1.${base64.replaceAll(/[+/=]/g, '-')}`])
          expect((await unpackScenario(link)).ok).toBeTypeOf('boolean');
        expect(splitLink(text).ok).toBeTypeOf('boolean');
      }),
    );
  });

  it('answer any JSON with a scenario or a refusal', () => {
    fc.assert(fc.property(fc.json(), (json) => typeof parseLinkJson(json).ok === 'boolean'));
  });
});
