import { describe, expect, it } from 'vitest';
import {
  essenceOf,
  expectSoundStore,
  interruptedRun,
  type Kill,
} from '#tests/support/interrupted-run.ts';

describe('an engine that is killed at any commit of a run', () => {
  it('finishes the run all the same, and runs no completed task again', async () => {
    const undisturbed = await interruptedRun([]);
    const essence = await essenceOf(undisturbed);
    expect(essence).toMatchObject({ state: 'Completed', verdict: 'promoted (acc=0.928)' });
    await expectSoundStore(undisturbed);
    for (let commits = 0; commits < undisturbed.commits; commits++)
      for (const lastCommit of ['lost', 'kept'] as const) {
        const run = await interruptedRun([{ commits, lastCommit }]);
        if (commits === 0 && lastCommit === 'lost') expect(run.view).toBeUndefined();
        else expect(await essenceOf(run), `${lastCommit} ${commits}`).toEqual(essence);
        await expectSoundStore(run);
      }
  }, 60_000);

  it('finishes it when the recoveries are killed as well', async () => {
    const essence = await essenceOf(await interruptedRun([]));
    for (let commits = 1; commits < 30; commits += 4) {
      const kill: Kill = { commits, lastCommit: 'kept' };
      const run = await interruptedRun([kill, { ...kill, commits: 3 }, { ...kill, commits: 4 }]);
      if (run.view?.state.name !== 'Crashed') expect(await essenceOf(run)).toEqual(essence);
      await expectSoundStore(run);
    }
  }, 60_000);
});
