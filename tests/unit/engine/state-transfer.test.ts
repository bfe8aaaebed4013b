import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { StorageFull, type Store } from '#domain/store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { openFresh } from '#tests/contract/fresh-database.ts';
import { scriptedRig, taskRunIn, type EngineRig } from '#tests/support/engine-rig.ts';
import { importRows, someRows } from '#tests/support/import-rows.ts';
import { everything } from '#tests/support/interrupted-run.ts';
import { openTask } from '#tests/support/one-task-flow.ts';
import { contentOf } from '#tests/support/store-content.ts';

const rigOver = async (store: Store = createMemoryStore(), entropySeed = 1): Promise<EngineRig> =>
  (await scriptedRig(everything(), { store, entropySeed })).rig;

const PLAIN = { tasks: {}, body: async () => 1 };
const NIGHTLY = 'retrain-sentiment/nightly';
const AT_FOUR = { deploymentId: NIGHTLY, cron: '0 4 * * *', timezone: 'UTC', paused: false };

/** Under which the built-in rows are being read as well: until they are there, nothing stands still. */
const settled = (store: Store) => expect.poll(() => store.get('datasets', 'reviews')).toBeDefined();

const STORES = [
  ['memory', async () => createMemoryStore()],
  ['IndexedDB', openFresh],
] as const;

describe.each(STORES)('the state as a file, into a store of %s', (_, open) => {
  it('brings everything: runs, models, the schedule and settings', async () => {
    const rig = await rigOver();
    for (let i = 0; i < 2; i++) await rig.run();
    await rig.engine.setSchedule(AT_FOUR);
    const file = await rig.engine.exportState();
    const other = await rigOver(await open(), 2);
    await settled(other.store);
    expect(await other.engine.importState(file)).toEqual({ ok: true, runs: 2, skipped: 0 });
    expect(await contentOf(other.store)).toEqual(await contentOf(rig.store));
    expect(await other.engine.champion('sentiment')).toEqual(
      await rig.engine.champion('sentiment'),
    );
    expect(new Uint8Array(await other.engine.exportState())).toHaveLength(file.byteLength);
  });

  it('is refused where runs are, until it is asked to add; then only what is missing comes', async () => {
    const rig = await rigOver();
    await rig.run();
    const old = await rig.engine.exportState();
    await rig.run();
    const file = await rig.engine.exportState();
    const other = await rigOver(await open(), 2);
    await settled(other.store);
    await other.engine.importState(old);
    const refusal = await other.engine.importState(file);
    expect(refusal).toMatchObject({ ok: false, holdsRuns: true });
    expect(refusal.ok ? '' : refusal.reason).toContain('holds 1 run already');
    expect(await other.engine.importState(old, { add: true })).toMatchObject({ ok: true, runs: 0 });
    expect(await other.engine.importState(file, { add: true })).toMatchObject({
      ok: true,
      runs: 1,
    });
    expect((await other.engine.champion('sentiment'))?.version.version).toBe(2);
    expect(await other.engine.importState(old, { add: true })).toMatchObject({ ok: true, runs: 0 });
    expect((await other.engine.champion('sentiment'))?.version.version).toBe(2);
    const content = await contentOf(other.store);
    expect({ ...content, flows: [] }).toEqual({ ...(await contentOf(rig.store)), flows: [] });
  });

  it('is refused whole where anything of it differs, and says what', async () => {
    const rig = await rigOver();
    await rig.run();
    const other = await rigOver(createMemoryStore(), 2);
    await other.run();
    const store = await open();
    const third = await rigOver(store, 3);
    await settled(store);
    await third.engine.importState(await rig.engine.exportState());
    const before = await contentOf(store);
    const refusal = await third.engine.importState(await other.engine.exportState(), { add: true });
    expect(refusal).toEqual({
      ok: false,
      reason: expect.stringMatching(/^Event 1 of model:sentiment is here already and differs/),
    });
    expect(await contentOf(store)).toEqual(before);
  });

  it('adds the runs of another browser to those that are here, and leaves its schedule alone', async () => {
    const { rig } = await scriptedRig(PLAIN);
    const brought = await rig.run();
    await rig.engine.setSchedule(AT_FOUR);
    const file = await rig.engine.exportState();
    const { rig: here } = await scriptedRig(PLAIN, { entropySeed: 2 });
    const own = await here.run();
    const { rig: other } = await scriptedRig(PLAIN, { store: await open(), entropySeed: 3 });
    await settled(other.store);
    await other.engine.importState(await here.engine.exportState());
    const deployments = await other.engine.deployments();
    expect(await other.engine.importState(file, { add: true })).toMatchObject({
      ok: true,
      runs: 1,
    });
    const ids = (await other.engine.runs(10)).map(({ id }) => id).sort();
    expect(ids).toEqual([own, brought].map(({ created }) => created.flowRunId).sort());
    expect(await other.engine.deployments()).toEqual(deployments);
    expect(await other.engine.importState(file, { add: true })).toMatchObject({
      ok: true,
      runs: 0,
    });
  });

  it('leaves nothing behind when there is no room for all of it', async () => {
    const rig = await rigOver();
    await rig.run();
    const file = await rig.engine.exportState();
    const other = await rigOver(await open(), 2);
    await settled(other.store);
    const before = await contentOf(other.store);
    other.life.beforeCommit = () => {
      throw new StorageFull('The browser gave no more room.');
    };
    expect(await other.engine.importState(file)).toEqual({
      ok: false,
      reason: expect.stringContaining('Nothing was loaded. Delete old runs'),
    });
    expect(await contentOf(other.store)).toEqual(before);
  });
});

describe('the state as a file', () => {
  it('is gone on from: versions and streams count on, and the schedule is armed', async () => {
    const rig = await rigOver();
    await rig.run();
    await rig.engine.setSchedule(AT_FOUR);
    const other = await rigOver(createMemoryStore(), 2);
    await other.engine.importState(await rig.engine.exportState());
    await other.run();
    const versions = await other.engine.modelVersions('sentiment');
    expect(versions.map(({ version }) => version)).toEqual([1, 2]);
    await other.clock.until(async () => (await other.engine.runs(10)).length === 3, 'the tick');
    expect((await other.engine.runs(1))[0]?.trigger.kind).toBe('schedule');
    expect(other.feed.stopped).toEqual([]);
  });

  it('takes up what had not ended, as after a closed tab', async () => {
    const { rig } = await openTask({ retries: 1 });
    const id = await rig.start();
    const file = await rig.engine.exportState();
    const { rig: other, script } = await openTask({ retries: 1 });
    expect(await other.engine.importState(file)).toMatchObject({ ok: true, runs: 1 });
    await other.clock.until(() => script.attempts.length > 0, 'the second attempt');
    script.attempt('extract-0', 2).returns(1);
    const view = await other.finish(id);
    expect(view.state.name).toBe('Completed');
    expect(taskRunIn(view, 'extract-0').attempts.map(({ state }) => state.name)).toEqual([
      'Crashed',
      'Completed',
    ]);
  });

  it('is refused with a value that is not what its hash says', async () => {
    const rig = await rigOver();
    await rig.run();
    const [value] = (await contentOf(rig.store)).values;
    if (!value) throw new Error('There is no value.');
    await rig.store.commit([
      { store: 'values', op: 'put', record: { ...value, bytes: new ArrayBuffer(3) } },
    ]);
    const other = await rigOver();
    const refusal = await other.engine.importState(await rig.engine.exportState());
    expect(refusal.ok ? '' : refusal.reason).toContain(`the value ${value.hash} is another`);
    expect(await other.engine.runs(1)).toEqual([]);
  });

  it('may be loaded into the browser whose runs were all deleted, as soon as they are gone', async () => {
    const { rig } = await scriptedRig(PLAIN);
    const { flowRunId } = (await rig.run()).created;
    const file = await rig.engine.exportState();
    const content = await contentOf(rig.store);
    void rig.engine.retain({ oldest: 1 });
    await rig.clock.until(async () => (await rig.engine.runs(1)).length === 0, 'the mark');
    let imported: unknown;
    void rig.engine.importState(file).then((outcome) => (imported = outcome));
    await rig.clock.until(() => imported !== undefined, 'the import');
    expect(imported).toEqual({ ok: true, runs: 1, skipped: 0 });
    await rig.clock.advance(1000);
    expect(await contentOf(rig.store)).toEqual(content);
    expect((await rig.view(flowRunId)).state.name).toBe('Completed');
  });

  it('asks before it meets models without runs', async () => {
    const rig = await rigOver();
    await rig.run();
    const file = await rig.engine.exportState();
    void rig.engine.retain({ oldest: 1 });
    await rig.clock.until(async () => (await rig.engine.runs(1)).length === 0, 'the mark');
    await rig.clock.until(async () => (await rig.store.count('removals')) === 0, 'the end');
    await rig.clock.advance(1000);
    const refusal = await rig.engine.importState(file);
    expect(refusal.ok ? '' : refusal.reason).toContain('holds models already');
    expect(await rig.engine.importState(file, { add: true })).toMatchObject({ ok: true, runs: 1 });
  });

  it('asks before it meets a dataset that a person imported, and loses nothing of it', async () => {
    const { rig } = await scriptedRig(PLAIN);
    const file = await (await scriptedRig(PLAIN)).rig.engine.exportState();
    expect(await importRows(rig.engine, [someRows(3)])).toMatchObject({ ok: true });
    const content = await contentOf(rig.store);
    const refusal = await rig.engine.importState(file);
    expect(refusal).toMatchObject({ ok: false, holdsRuns: true });
    expect(refusal.ok ? '' : refusal.reason).toContain('holds datasets already');
    expect(await contentOf(rig.store)).toEqual(content);
  });

  it('does not delete what another browser was deleting when it made the file', async () => {
    const { rig } = await scriptedRig(PLAIN);
    const { flowRunId } = (await rig.run()).created;
    const file = await rig.engine.exportState();
    const other = await scriptedRig(PLAIN);
    await other.rig.engine.importState(file);
    await rig.store.commit([
      { store: 'flowRuns', op: 'delete', key: flowRunId },
      { store: 'removals', op: 'put', record: { flowRunId } },
    ]);
    const half = await rig.engine.exportState();
    expect(await other.rig.engine.importState(half, { add: true })).toMatchObject({ ok: true });
    await other.rig.clock.advance(1000);
    expect((await other.rig.view(flowRunId)).state.name).toBe('Completed');
  });
});
