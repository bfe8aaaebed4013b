import { describe, expect, it } from 'vitest';
import type { Store } from '#domain/store.ts';
import { contentOf } from '#tests/support/store-content.ts';
import { endOf, engineWith } from './author-run.ts';

describe('C33 cached results and their deletion', () => {
  const source = `
    const f = task({ name: 'f', cachePolicy: INPUTS }, (x) => ({ x }));
    const g = task('g', async ({ x }) => x);
    export default flow('main', async () => { const made = await f(1); await sleep(60); return g(made); });`;

  it('a result that is deleted while it is taken is kept by who took it', async () => {
    let deletes = false;
    const rig = await engineWith(source, {
      wrap: (ports) => ({
        ...ports,
        store: deletingStore(
          ports.store,
          () => deletes,
          () => maker,
        ),
      }),
    });
    const maker = await rig.start();
    await rig.finish(maker);
    deletes = true;
    const taker = await rig.start();
    deletes = false;
    expect((await rig.taskRun(taker, 'f-0')).state.name).toBe('Cached');
    await rig.restart();
    expect((await endOf(rig, taker)).view.state.name).toBe('Completed');
  });

  it('goes with the last run that made or took it, in another browser too', async () => {
    const rig = await engineWith(source, { entropySeed: 3 });
    const runs = [await rig.start(), await rig.start()];
    for (const id of runs) await rig.finish(id);
    await rig.store.removeRun(runs[0]!);
    expect((await contentOf(rig.store)).cache).toHaveLength(1);
    const file = await rig.engine.exportState();
    const other = await engineWith(source);
    expect(await other.engine.importState(file)).toMatchObject({ ok: true });
    for (const { store } of [rig, other]) {
      await store.removeRun(runs[1]!);
      expect(await contentOf(store)).toMatchObject({ cache: [], values: [], uses: [] });
    }
  });
});

/** Deletes the run just after a value was read, once. */
function deletingStore(
  store: Store,
  isOn: () => boolean,
  run: () => Parameters<Store['removeRun']>[0],
) {
  const get: Store['get'] = async (name, key) => {
    const found = await store.get(name, key);
    if (isOn() && name === 'values') await store.removeRun(run());
    return found;
  };
  return { ...store, get };
}
