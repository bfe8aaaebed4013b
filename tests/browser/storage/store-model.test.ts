import fc from 'fast-check';
import { test } from 'vitest';
import { freshName, openNamed } from '#tests/contract/fresh-database.ts';
import { followsTheModel } from '#tests/property/storage/follows-the-model.ts';
import { bursts } from '#tests/property/storage/write-arbitraries.ts';

test('any sequence of commits, opened again after each burst, leaves what a plain Map would hold', async () => {
  const property = fc.asyncProperty(bursts, async (given) => {
    const name = freshName();
    await followsTheModel(await openNamed(name), given, () => openNamed(name));
  });
  await fc.assert(property, { numRuns: 20 });
}, 60_000);
