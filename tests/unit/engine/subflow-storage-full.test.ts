import { expect, it } from 'vitest';
import { StorageFull } from '#domain/store.ts';
import { scriptedRig } from '#tests/support/engine-rig.ts';
import { interruptedRun } from '#tests/support/interrupted-run.ts';
import { expectSoundRuns, nested, nestedEssence } from '#tests/support/interrupted-subflows.ts';

it('a run with subflows that finds no room stops as a whole, and goes on as a whole after a reload', async () => {
  const undisturbed = await interruptedRun([], nested);
  const essence = await nestedEssence(undisturbed.rig, undisturbed.view!.created.flowRunId);
  for (let refused = 1; refused < undisturbed.commits; refused += 3) {
    const { rig } = await scriptedRig(nested());
    let number = 0;
    rig.life.beforeCommit = () => {
      if (number++ >= refused) throw new StorageFull('The browser gave no more room.');
    };
    const id = await rig.start();
    await rig.clock.until(() => Promise.resolve(rig.feed.stopped.length > 0), 'the stop');
    await rig.clock.settle();
    expect(rig.feed.stopped).toHaveLength(1);
    expect(rig.workers.alive.size).toBe(0);
    const left = await rig.store.newestFlowRuns(100);
    expect(left.filter(({ state }) => /CANCEL/.test(state.type))).toEqual([]);
    await rig.restart();
    const view = await rig.finish(id);
    expect(await nestedEssence(rig, id), `refused from ${refused}`).toEqual(essence);
    await expectSoundRuns({ rig, view, commits: 0 });
  }
}, 120_000);
