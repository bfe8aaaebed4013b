import { describe, expect, it } from 'vitest';
import { interruptedRun, type InterruptedRun, type Kill } from '#tests/support/interrupted-run.ts';
import { expectSoundRuns, nested, nestedEssence } from '#tests/support/interrupted-subflows.ts';

const essenceOf = ({ rig, view }: InterruptedRun) => {
  if (!view) throw new Error('There was no run.');
  return nestedEssence(rig, view.created.flowRunId);
};

describe('an engine that is killed at any commit of a run with subflows', () => {
  it('finishes all of them, each once, and runs no completed task again', async () => {
    const undisturbed = await interruptedRun([], nested);
    const essence = await essenceOf(undisturbed);
    expect(essence).toMatchObject({
      state: 'Completed',
      subflows: expect.arrayContaining([
        expect.objectContaining({ flow: 'train', state: 'Completed', parameters: { depth: 1 } }),
        expect.objectContaining({
          flow: 'train',
          state: 'Completed',
          subflows: [expect.objectContaining({ flow: 'inner', parameters: { n: 7 } })],
        }),
        expect.objectContaining({ flow: 'train', state: 'Failed', parameters: { depth: 'deep' } }),
        expect.objectContaining({ flow: 'failing', state: 'Failed' }),
      ]),
    });
    await expectSoundRuns(undisturbed);
    for (let commits = 0; commits < undisturbed.commits; commits++)
      for (const lastCommit of ['lost', 'kept'] as const) {
        const run = await interruptedRun([{ commits, lastCommit }], nested);
        if (commits === 0 && lastCommit === 'lost') expect(run.view).toBeUndefined();
        else expect(await essenceOf(run), `${lastCommit} ${commits}`).toEqual(essence);
        await expectSoundRuns(run);
      }
  }, 120_000);

  it('finishes them when the recoveries are killed as well', async () => {
    const essence = await essenceOf(await interruptedRun([], nested));
    for (let commits = 1; commits < 60; commits += 6) {
      const kill: Kill = { commits, lastCommit: 'kept' };
      const run = await interruptedRun(
        [kill, { ...kill, commits: 3 }, { ...kill, commits: 4 }],
        nested,
      );
      if (run.view?.state.name !== 'Crashed') expect(await essenceOf(run)).toEqual(essence);
      await expectSoundRuns(run);
    }
  }, 120_000);
});
