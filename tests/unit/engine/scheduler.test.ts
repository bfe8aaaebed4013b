import { describe, expect, it } from 'vitest';
import { deploymentStream } from '#domain/ids.ts';
import { boolean, flow, number } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { rigFor, scriptedRig } from '#tests/support/engine-rig.ts';
import {
  MINUTE,
  NIGHTLY,
  runs,
  scheduledRig,
  setSchedule,
  ticks,
  verdicts,
} from '#tests/support/scheduled-rig.ts';

describe('the built-in deployment', () => {
  it('is there from the beginning, and paused', async () => {
    const { rig } = await scriptedRig({ tasks: {}, body: async () => 1 });
    expect(await rig.engine.deployments()).toMatchObject([
      { id: NIGHTLY, cron: '0 2 * * *', timezone: 'UTC', paused: true },
    ]);
    await rig.clock.advance(48 * 60 * MINUTE);
    expect(await runs(rig)).toEqual([]);
    expect(await verdicts(rig)).toEqual([]);
  });
});

describe('a schedule', () => {
  it('starts a run when it is due, and not before', async () => {
    const rig = await scheduledRig();
    await rig.clock.advance(5 * MINUTE - 1);
    expect(await runs(rig)).toEqual([]);
    await rig.clock.advance(1);
    const [run, ...others] = await runs(rig);
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      trigger: { kind: 'schedule', deployment: NIGHTLY, dueAt: SOME_TIME + 5 * MINUTE },
      state: { name: 'Completed' },
    });
    expect(await ticks(rig)).toMatchObject([
      { verdict: 'ran', flowRunId: run?.id, dueAt: SOME_TIME + 5 * MINUTE },
    ]);
  });

  it('goes on, a run for each tick', async () => {
    const rig = await scheduledRig();
    await rig.clock.advance(16 * MINUTE);
    expect(await verdicts(rig)).toEqual(['5 ran', '10 ran', '15 ran']);
    expect(await runs(rig)).toHaveLength(3);
  });

  it('creates the run in the commit of its tick', async () => {
    const rig = await scheduledRig();
    const commits: string[] = [];
    rig.life.beforeCommit = (writes) => {
      const stores = writes.map(({ store, op }) => `${op} ${store}`);
      if (stores.includes('add ticks')) commits.push(stores.join());
    };
    await rig.clock.advance(5 * MINUTE);
    expect(commits).toHaveLength(1);
    expect(commits[0]).toContain('add flowRuns');
  });

  it('says in its stream what it decided, without gaps', async () => {
    const rig = await scheduledRig();
    await rig.clock.advance(10 * MINUTE);
    const stream = deploymentStream((await rig.engine.deployments())[0]!.id);
    const events = await rig.store.events(stream);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(rig.feed.events(stream)).toEqual(events);
    expect(events.map(({ body }) => body.kind)).toEqual([
      'schedule.paused',
      'schedule.set',
      'schedule.paused',
      'tick.decided',
      'tick.decided',
    ]);
    expect((await rig.engine.deployments())[0]?.lastSeq).toBe(events.length);
  });

  it('that is paused starts nothing, and does not make up for it', async () => {
    const rig = await scheduledRig();
    await setSchedule(rig, '*/5 * * * *', true);
    await rig.clock.advance(20 * MINUTE);
    await setSchedule(rig, '*/5 * * * *', false);
    await rig.clock.advance(5 * MINUTE);
    expect(await verdicts(rig)).toEqual(['25 ran']);
  });

  it('that makes no sense is refused and leaves the one before', async () => {
    const rig = await scheduledRig();
    expect(await setSchedule(rig, '0 0 30 2 *')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('never comes due'),
    });
    const unknown = { deploymentId: 'dep_x', cron: '0 2 * * *', timezone: 'UTC', paused: false };
    expect(await rig.engine.setSchedule(unknown)).toEqual({
      ok: false,
      reason: "There is no deployment 'dep_x'.",
    });
    expect((await rig.engine.deployments())[0]?.cron).toBe('*/5 * * * *');
  });

  it('skips a tick whose run cannot be prepared, and says why', async () => {
    const rig = await rigFor([{ name: 'flow.ts', text: 'export default {' }]);
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(10 * MINUTE);
    expect(await verdicts(rig)).toEqual(['5 skipped', '10 skipped']);
    expect((await ticks(rig))[0]?.reason).not.toBe('');
    expect(await runs(rig)).toEqual([]);
  });

  it('that is changed while a run is prepared gives that tick no run', async () => {
    const rig = await scheduledRig();
    const open = rig.workers.open.bind(rig.workers);
    let ready: () => void = () => undefined;
    rig.workers.open = async (program) => {
      await new Promise<void>((resolve) => (ready = resolve));
      return open(program);
    };
    await rig.clock.advance(5 * MINUTE);
    await setSchedule(rig, '*/7 * * * *');
    ready();
    rig.workers.open = open;
    await rig.clock.settle();
    expect(await runs(rig)).toEqual([]);
    expect((await rig.engine.deployments())[0]?.cron).toBe('*/7 * * * *');
    expect(rig.workers.alive.size).toBe(0);
    await rig.clock.advance(2 * MINUTE);
    expect(await verdicts(rig)).toEqual(['7 ran']);
    expect(rig.feed.stopped).toEqual([]);
  });
});

describe('a scheduled flow', () => {
  it('runs with the parameters of its deployment, also where that is older than they are', async () => {
    const parameters = { onlyIfBetter: boolean({ default: false }) };
    const rig = await rigFor(sourceOf(() => flow({ name: 'f', parameters }, async () => 1)));
    expect((await rig.engine.deployments())[0]).not.toHaveProperty('parameters');
    rig.scheduledParameters = { 'retrain-sentiment': { onlyIfBetter: true } };
    await rig.restart();
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(5 * MINUTE);
    expect(await runs(rig)).toMatchObject([{ parameters: { onlyIfBetter: true } }]);
  });

  it('runs with the parameters and the source of the built-in flow', async () => {
    const parameters = { threshold: number({ default: 0.9 }) };
    const rig = await rigFor(sourceOf(() => flow({ name: 'f', parameters }, async () => 1)));
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(5 * MINUTE);
    expect(await runs(rig)).toMatchObject([
      { flowId: 'retrain-sentiment', parameters: { threshold: 0.9 }, seed: 7, arrivalDay: 30 },
    ]);
  });
});
