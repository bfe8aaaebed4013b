import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packRows, type TextRow } from '#domain/rows.ts';
import { scriptedRig } from '#tests/support/engine-rig.ts';
import { importRows } from '#tests/support/import-rows.ts';

const row: fc.Arbitrary<TextRow> = fc.record({
  id: fc.constantFrom('', 'own'),
  domain: fc.constantFrom('', 'books'),
  label: fc.constantFrom(0, 1),
  text: fc.string({ minLength: 1, maxLength: 12 }),
});
const batch = fc.array(fc.tuple(row, fc.integer({ min: 1, max: 3 })), { maxLength: 30 });
const batches = fc.array(batch, { minLength: 1, maxLength: 5 });

type Rows = readonly (readonly [TextRow, number])[];

const toBatch = (rows: Rows) => ({
  rows: packRows(rows.map(([one]) => one)),
  days: Uint32Array.from(rows, ([, day]) => day),
});

const makeRig = async () => (await scriptedRig({ tasks: {}, body: async () => 1 }, {})).rig;

test('the days of an import hold exactly its rows, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const rig = await makeRig();
      const rows: Rows = all.flat();
      const end = await importRows(rig.engine, all.map(toBatch));
      expect(end.ok).toBe(rows.length > 0);
      for (const day of [1, 2, 3]) {
        const wanted = rows.filter(([, one]) => one === day).map(([one]) => one.text);
        if (wanted.length === 0) continue;
        const page = await rig.engine.datasetRows('mine', day, 0, 200);
        expect(page.rows.map(({ text }) => text)).toEqual(wanted);
      }
    }),
    { numRuns: 40 },
  );
});

test('whenever the engine dies, an import is there whole or not at all, and nothing of it is left over', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.nat({ max: 8 }), fc.boolean(), async (all, commits, kept) => {
      const rig = await makeRig();
      rig.life.maxCommits = rig.life.commits + commits;
      rig.life.lastCommit = kept ? 'kept' : 'lost';
      await Promise.race([importRows(rig.engine, all.map(toBatch)), rig.life.ended]);
      await rig.restart();
      await rig.clock.advance(60_000);
      const found = (await rig.engine.datasets()).find(({ name }) => name === 'mine');
      const stored = await rig.store.rowChunkHashes();
      const rows = found?.days.reduce((sum, day) => sum + day.rows, 0) ?? 0;
      expect([0, all.flat().length]).toContain(rows);
      expect(stored.length > 0).toBe(rows > 0);
      for (const { day, rows: count } of found?.days ?? [])
        expect((await rig.engine.datasetRows('mine', day, 0, 200)).rows).toHaveLength(count);
    }),
    { numRuns: 60 },
  );
});
