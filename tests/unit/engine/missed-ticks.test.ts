import { describe, expect, it } from 'vitest';
import { StorageFull } from '#domain/store.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { MINUTE, runs, scheduledRig, ticks, verdicts } from '#tests/support/scheduled-rig.ts';

describe('ticks that passed', () => {
  it('while no tab was open are missed, and nothing catches up', async () => {
    const rig = await scheduledRig();
    await rig.clock.advance(6 * MINUTE);
    rig.kill();
    await rig.clock.advance(12 * MINUTE);
    await rig.restart();
    expect(await verdicts(rig)).toEqual(['5 ran', '10 missed', '15 missed']);
    expect((await ticks(rig)).at(-1)?.reason).toBe('no tab was open');
    await rig.clock.advance(2 * MINUTE);
    expect(await verdicts(rig)).toEqual(['5 ran', '10 missed', '15 missed', '20 ran']);
    expect(await runs(rig)).toHaveLength(2);
  });

  it('while the tab was asleep are missed as well', async () => {
    const rig = await scheduledRig();
    await rig.clock.sleep(17 * MINUTE);
    expect(await verdicts(rig)).toEqual(['5 missed', '10 missed', '15 missed']);
    expect((await ticks(rig))[0]?.reason).toBe('the tab was asleep');
    await rig.clock.advance(3 * MINUTE);
    expect((await verdicts(rig)).at(-1)).toBe('20 ran');
  });

  it('a moment ago still run', async () => {
    const rig = await scheduledRig();
    await rig.clock.sleep(5 * MINUTE + 30_000);
    expect(await verdicts(rig)).toEqual(['5 ran']);
  });

  it('get their verdict however many there are', async () => {
    const rig = await scheduledRig('* * * * *');
    rig.kill();
    await rig.clock.advance(2500 * MINUTE);
    await rig.restart();
    await rig.clock.advance(0);
    const deployment = (await rig.engine.deployments())[0];
    expect(deployment?.watermark).toBe(SOME_TIME + 2500 * MINUTE);
    expect(await runs(rig)).toEqual([]);
  });

  it('get exactly one verdict and at most one run, wherever the engine dies', async () => {
    for (let commits = 0; commits < 6; commits++)
      for (const lastCommit of ['lost', 'kept'] as const) {
        const rig = await scheduledRig();
        rig.life.maxCommits = rig.life.commits + commits;
        rig.life.lastCommit = lastCommit;
        await rig.clock.advance(6 * MINUTE);
        await rig.restart();
        await rig.clock.advance(5 * MINUTE);
        const decided = (await verdicts(rig)).map((text) => text.split(' ')[0]);
        expect(decided, `${lastCommit} ${commits}`).toEqual(['5', '10']);
        const ran = (await ticks(rig)).filter(({ verdict }) => verdict === 'ran');
        const stored = await runs(rig);
        expect(new Set(stored.map(({ id }) => id))).toEqual(
          new Set(ran.map(({ flowRunId }) => flowRunId)),
        );
        expect(stored.every(({ active }) => active === 0)).toBe(true);
      }
  });
});

describe('a scheduler without room', () => {
  it('says that it stopped, and leaves neither tick nor run nor worker', async () => {
    const rig = await scheduledRig();
    rig.life.beforeCommit = () => {
      throw new StorageFull('The browser gave no more room.');
    };
    await rig.clock.advance(5 * MINUTE);
    expect(rig.feed.stopped).toEqual([expect.stringContaining('no more room')]);
    expect(await verdicts(rig)).toEqual([]);
    expect(await runs(rig)).toEqual([]);
    expect(rig.workers.alive.size).toBe(0);
  });
});
