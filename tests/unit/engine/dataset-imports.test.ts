import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { packRows, UNLABELLED } from '#domain/rows.ts';
import { StorageFull } from '#domain/store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { openFresh } from '#tests/contract/fresh-database.ts';
import { scriptedRig, type EngineRig, type RigOptions } from '#tests/support/engine-rig.ts';
import { importRequest, importRows, someRows, textRow } from '#tests/support/import-rows.ts';
import { openTask } from '#tests/support/one-task-flow.ts';
import { contentOf } from '#tests/support/store-content.ts';

async function rigOver(options: RigOptions = {}): Promise<EngineRig> {
  return (await scriptedRig({ tasks: {}, body: async () => 1 }, options)).rig;
}

const chunksIn = async ({ store }: EngineRig) => (await store.rowChunkHashes()).length;

/** The sweep rests between its slices. */
const swept = (rig: EngineRig) =>
  expect
    .poll(async () => {
      await rig.clock.advance(1_000);
      return chunksIn(rig);
    })
    .toBe(0);

async function textsOf(rig: EngineRig, name: string, day: number): Promise<readonly string[]> {
  const { total } = await rig.engine.datasetRows(name, day, 0, 0);
  const texts: string[] = [];
  while (texts.length < total)
    texts.push(
      ...(await rig.engine.datasetRows(name, day, texts.length, 200)).rows.map(({ text }) => text),
    );
  return texts;
}

const summaryOf = async (rig: EngineRig, name: string) =>
  (await rig.engine.datasets()).find((one) => one.name === name);

describe.each([
  ['memory', async () => createMemoryStore()],
  ['IndexedDB', openFresh],
] as const)('an import into a store of %s', (_, open) => {
  it('brings all rows, in their order, in chunks', async () => {
    const rig = await rigOver({ store: await open() });
    const rows = someRows(5_000);
    const batches = [rows.slice(0, 1_700), rows.slice(1_700, 1_701), rows.slice(1_701)];
    expect(await importRows(rig.engine, batches)).toEqual({
      ok: true,
      rows: 5_000,
      known: 0,
      days: [1],
    });
    expect(await textsOf(rig, 'mine', 1)).toEqual(rows.map(({ text }) => text));
    expect(await chunksIn(rig)).toBe(3);
    expect(await summaryOf(rig, 'mine')).toMatchObject({
      imported: { from: 'mine.csv', labelled: true },
      days: [{ day: 1, rows: 5_000, positive: 2_500, negative: 2_500, domains: { '': 5_000 } }],
    });
  });

  it('that is cancelled leaves nothing', async () => {
    const rig = await rigOver({ store: await open() });
    const begun = await rig.engine.beginImport(importRequest());
    if (!begun.ok) throw new Error(begun.reason);
    const rows = packRows(someRows(9_000));
    const [step] = await Promise.all([
      rig.engine.appendRows(begun.id, { rows }),
      rig.engine.abortImport(begun.id),
    ]);
    expect(step.ok).toBe(true);
    await swept(rig);
    expect(await summaryOf(rig, 'mine')).toBeUndefined();
    expect(await rig.engine.commitImport(begun.id)).toMatchObject({ ok: false });
  });

  it('that the engine did not survive is invisible, and swept by the next one', async () => {
    const rig = await rigOver({ store: await open() });
    const begun = await rig.engine.beginImport(importRequest());
    if (!begun.ok) throw new Error(begun.reason);
    await rig.engine.appendRows(begun.id, { rows: packRows(someRows(5_000)) });
    expect(await chunksIn(rig)).toBe(2);
    await rig.restart();
    expect(await summaryOf(rig, 'mine')).toBeUndefined();
    await swept(rig);
  });

  it('is deleted with all its rows, and with none of a dataset that has the same', async () => {
    const rig = await rigOver({ store: await open() });
    await importRows(rig.engine, [someRows(10)]);
    await importRows(rig.engine, [someRows(10)], { name: 'twin' });
    expect(await chunksIn(rig)).toBe(1);
    expect(await rig.engine.deleteDataset('mine')).toEqual({ ok: true });
    await rig.clock.settle();
    expect(await textsOf(rig, 'twin', 1)).toHaveLength(10);
    expect(await rig.engine.deleteDataset('twin')).toEqual({ ok: true });
    await swept(rig);
  });
});

describe('the hash of a dataset', () => {
  it('follows from its rows, not from how they came', async () => {
    const rig = await rigOver();
    const rows = someRows(4_500);
    await importRows(rig.engine, [rows]);
    await importRows(rig.engine, [rows.slice(0, 7), rows.slice(7, 3_000), rows.slice(3_000)], {
      name: 'twin',
    });
    await importRows(rig.engine, [[...rows.slice(1), ...rows.slice(0, 1)]], { name: 'turned' });
    const hash = async (name: string) => (await summaryOf(rig, name))?.contentHash;
    expect(await hash('twin')).toBe(await hash('mine'));
    expect(await hash('turned')).not.toBe(await hash('mine'));
  });

  it('of its days stays when later ones come', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(10)]);
    const [before] = (await summaryOf(rig, 'mine'))?.days ?? [];
    await importRows(rig.engine, [someRows(5, 'later')], { existing: 'add' });
    const days = (await summaryOf(rig, 'mine'))?.days ?? [];
    expect(days[0]).toEqual(before);
    expect(days.map(({ day, rows }) => [day, rows])).toEqual([
      [1, 10],
      [2, 5],
    ]);
  });
});

describe('an import under a name that is taken', () => {
  it('is refused unless rows are to be added', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(3)]);
    expect(await importRows(rig.engine, [someRows(3, 'new')])).toEqual({
      ok: false,
      reason:
        "There is a dataset 'mine' already. Choose another name, or add the rows to it as a new day.",
    });
  });

  it('brings what is new, as a later day', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(3)]);
    const added = await importRows(rig.engine, [[...someRows(3), textRow('fresh', 0)]], {
      existing: 'add',
      day: 7,
    });
    expect(added).toEqual({ ok: true, rows: 1, known: 3, days: [7] });
    expect(await textsOf(rig, 'mine', 7)).toEqual(['fresh']);
    expect(await textsOf(rig, 'mine', 1)).toHaveLength(3);
  });

  it('is refused where nothing is new', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(3)]);
    expect(await importRows(rig.engine, [someRows(3)], { existing: 'add' })).toEqual({
      ok: false,
      reason: "All 3 rows are in 'mine' already: nothing was imported.",
    });
  });

  it('never changes a day that has arrived', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(3)], { day: 4 });
    expect(await rig.engine.beginImport(importRequest({ existing: 'add', day: 4 }))).toEqual({
      ok: false,
      reason: "Day 4 of 'mine' has arrived already and stays as it is. Choose a day after 4.",
    });
    const rows = packRows([textRow('of day 2')]);
    expect(
      await importRows(rig.engine, [{ rows, days: Uint32Array.of(2) }], { existing: 'add' }),
    ).toEqual({
      ok: false,
      reason: expect.stringContaining("Day 2 of 'mine' has arrived already and stays as it is"),
    });
    expect(await summaryOf(rig, 'mine')).toMatchObject({ days: [{ day: 4, rows: 3 }] });
  });

  it('does not mix rows with labels and rows without', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(3)]);
    const unlabelled = [textRow('what is it', UNLABELLED)];
    expect(
      await importRows(rig.engine, [unlabelled], { existing: 'add', labelled: false }),
    ).toMatchObject({ ok: false, reason: expect.stringContaining('Choose a label column') });
    expect(await importRows(rig.engine, [unlabelled], { name: 'bare', labelled: false })).toEqual({
      ok: true,
      rows: 1,
      known: 0,
      days: [1],
    });
  });
});

describe('an import', () => {
  it('sorts rows into the days they bring', async () => {
    const rig = await rigOver();
    const rows = packRows(someRows(4));
    await importRows(rig.engine, [{ rows, days: Uint32Array.of(9, 2, 9, 2) }]);
    expect(await textsOf(rig, 'mine', 2)).toEqual(['row number 1', 'row number 3']);
    expect(await textsOf(rig, 'mine', 9)).toEqual(['row number 0', 'row number 2']);
  });

  it('numbers rows that bring no id, and keeps those of others', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [[textRow('a'), { ...textRow('b'), id: 'own' }, textRow('c')]]);
    const { rows } = await rig.engine.datasetRows('mine', 1, 0, 10);
    expect(rows.map(({ id }) => id)).toEqual(['1-1', 'own', '1-3']);
  });

  it('of the name of the built-in corpus, or of no name, is refused', async () => {
    const rig = await rigOver();
    expect(await rig.engine.beginImport(importRequest({ name: 'reviews' }))).toMatchObject({
      ok: false,
      reason: "'reviews' ships with the site and stays as it is. Choose another name.",
    });
    for (const name of ['', ' x', 'a/b'])
      expect(await rig.engine.beginImport(importRequest({ name }))).toMatchObject({
        ok: false,
        reason: expect.stringContaining('A dataset needs a name'),
      });
    expect(await rig.engine.deleteDataset('reviews')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('ships with the site'),
    });
  });

  it('is the only one at a time', async () => {
    const rig = await rigOver();
    const first = await rig.engine.beginImport(importRequest());
    expect(await rig.engine.beginImport(importRequest({ name: 'other' }))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('Another import is under way'),
    });
    if (first.ok) await rig.engine.abortImport(first.id);
    expect(await rig.engine.beginImport(importRequest({ name: 'other' }))).toMatchObject({
      ok: true,
    });
  });

  it('takes no rows that did not arrive whole', async () => {
    const rig = await rigOver();
    const rows = packRows(someRows(2));
    for (const broken of [
      { ...rows, ends: Uint32Array.of(99, 3) },
      { ...rows, labels: Uint8Array.of(1, 7) },
      { ...rows, ids: ['a'] },
      { ...rows, count: 3 },
    ])
      expect(await importRows(rig.engine, [{ rows: broken }])).toMatchObject({
        ok: false,
        reason: expect.stringContaining('did not arrive whole'),
      });
    expect(await summaryOf(rig, 'mine')).toBeUndefined();
  });

  it('that finds no room says what to do, and leaves nothing', async () => {
    const rig = await rigOver();
    rig.life.beforeCommit = (writes) => {
      if (writes.some(({ store }) => store === 'datasetDays'))
        throw new StorageFull('The browser gave no more room.');
    };
    expect(await importRows(rig.engine, [someRows(10)])).toEqual({
      ok: false,
      reason: expect.stringContaining('Nothing was imported. Delete old runs or a dataset'),
    });
    await swept(rig);
  });

  it('travels in a state file', async () => {
    const rig = await rigOver();
    await importRows(rig.engine, [someRows(2_500)]);
    const other = await rigOver({ entropySeed: 2 });
    expect(await other.engine.importState(await rig.engine.exportState())).toMatchObject({
      ok: true,
    });
    await other.clock.settle();
    expect(await contentOf(other.store)).toEqual(await contentOf(rig.store));
    expect(await textsOf(other, 'mine', 1)).toHaveLength(2_500);
  });
});

describe('a dataset that a run reads', () => {
  it('is read whole, all its days, in pieces', async () => {
    const { rig, script } = await openTask();
    await importRows(rig.engine, [someRows(4_500)], { day: 3 });
    await rig.start({ arrivalDay: 1 });
    const attempt = script.attempt('extract-0', 1);
    expect(await attempt.ask({ method: 'readSnapshot', dataset: 'mine' })).toMatchObject({
      ok: true,
      value: {
        until: 3,
        days: [
          { day: 3, rows: { count: 0 }, pieces: [{ rows: 2_000 }, { rows: 2_000 }, { rows: 500 }] },
        ],
      },
    });
    expect(
      await attempt.ask({ method: 'readRows', dataset: 'mine', day: 3, piece: 2 }),
    ).toMatchObject({ ok: true, value: { count: 500 } });
    expect(
      await attempt.ask({ method: 'readRows', dataset: 'mine', day: 3, piece: 3 }),
    ).toMatchObject({ ok: false });
    expect(await attempt.ask({ method: 'readSnapshot', dataset: 'mine', until: 2 })).toMatchObject({
      ok: false,
    });
  });

  it('is not deleted under it, whichever engine drives it', async () => {
    const { rig, script } = await openTask({ retries: 1 });
    await importRows(rig.engine, [someRows(10)]);
    const id = await rig.start();
    const refusal = { ok: false, reason: expect.stringMatching(/^The run '.+' reads 'mine'/) };
    await script.attempt('extract-0', 1).ask({ method: 'readSnapshot', dataset: 'mine' });
    expect(await rig.engine.deleteDataset('mine')).toEqual(refusal);
    await rig.restart();
    expect(await rig.engine.deleteDataset('mine')).toEqual(refusal);
    script.attempt('extract-0', 2).returns(1);
    await rig.finish(id);
    expect(await rig.engine.deleteDataset('mine')).toEqual({ ok: true });
  });
});
