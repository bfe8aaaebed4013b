import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  essenceOf,
  expectSoundStore,
  interruptedRun,
  type Kill,
} from '#tests/support/interrupted-run.ts';

const kills: fc.Arbitrary<readonly Kill[]> = fc.array(
  fc.record({
    commits: fc.nat({ max: 40 }),
    lastCommit: fc.constantFrom('lost' as const, 'kept' as const),
  }),
  { maxLength: 3 },
);

it('a run whose engine is killed up to three times ends as if it had never been', async () => {
  const essence = await essenceOf(await interruptedRun([]));
  await fc.assert(
    fc.asyncProperty(kills, async (kills) => {
      const run = await interruptedRun(kills);
      if (run.view) expect(await essenceOf(run)).toEqual(essence);
      await expectSoundStore(run);
    }),
    { numRuns: 80 },
  );
}, 60_000);
