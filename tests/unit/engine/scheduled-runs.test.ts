import { describe, expect, it } from 'vitest';
import { deploymentStream } from '#domain/ids.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { scriptedRig, statesOf } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';
import { MINUTE, NIGHTLY, runs, setSchedule, ticks } from '#tests/support/scheduled-rig.ts';

const DUE = SOME_TIME + 60_000;

const quickRig = () =>
  scriptedRig({
    tasks: { extract: {} },
    body: (flow) => flow.call('extract'),
    attempt: (attempt) => attempt.returns(1),
  });

describe('an engine that is killed at any commit of a scheduled run', () => {
  it.each(['before its time', 'after its time'])('runs it once, %s it comes back', async (when) => {
    for (let commits = 1; commits < 10; commits++)
      for (const lastCommit of ['lost', 'kept'] as const) {
        const { rig, script } = await quickRig();
        rig.life.maxCommits = rig.life.commits + commits;
        rig.life.lastCommit = lastCommit;
        const id = await rig.start({ scheduledFor: DUE });
        await rig.clock.advance(when === 'before its time' ? 30_000 : 90_000);
        await rig.restart();
        const view = await rig.finish(id);
        const what = `${lastCommit} ${commits}: ${statesOf(view)}`;
        expect(view.state.name, what).toBe('Completed');
        expect(view.startedAt, what).toBeGreaterThanOrEqual(DUE);
        const done = view.taskRuns.flatMap(({ attempts }) =>
          attempts.filter(({ state }) => state.type === 'COMPLETED'),
        );
        expect(done, what).toHaveLength(1);
        if (when === 'before its time') expect(script.bodies, what).toBe(1);
      }
  });
});

describe('a scheduled run', () => {
  it('reads the data that has arrived at its time', async () => {
    const { rig } = await quickRig();
    const id = await rig.start({ scheduledFor: SOME_TIME + 3 * 24 * 60 * MINUTE });
    expect(await rig.store.get('flowRuns', id)).toMatchObject({ arrivalDay: 33 });
  });

  it('whose time has passed starts at once', async () => {
    const { rig } = await quickRig();
    const view = await rig.run({ scheduledFor: SOME_TIME - 1000 });
    expect(statesOf(view)).toBe('Scheduled > Pending > Running > Completed');
  });

  it.each([NaN, 1.5, -1, Infinity])('for %s is refused', async (scheduledFor) => {
    const { rig } = await quickRig();
    expect(await rig.ask({ scheduledFor })).toMatchObject({
      ok: false,
      problems: [
        { field: 'scheduledFor', message: expect.stringContaining(`not ${scheduledFor}`) },
      ],
    });
    expect(await runs(rig)).toEqual([]);
  });

  it('whose source is gone when the engine starts again fails, and says why', async () => {
    const { rig } = await quickRig();
    const id = await rig.start({ scheduledFor: DUE });
    const { sourceHash } = (await rig.store.get('flowRuns', id))!;
    await rig.store.commit([{ store: 'flows', op: 'delete', key: sourceHash }]);
    await rig.restart();
    expect(statesOf(await rig.view(id))).toBe('Scheduled > Failed');
  });

  it('says in its log when it is to start', async () => {
    const { rig } = await quickRig();
    const id = await rig.start({ scheduledFor: DUE });
    expect((await rig.said(id))[1]).toBe(
      'INFO    | nightshift.engine - It is to start at 2026-11-02T02:01:00.000Z',
    );
  });
});

describe('the concurrency of a deployment', () => {
  async function busyDeployment() {
    const made = await openTask();
    const { rig } = made;
    await rig.engine.setConcurrency(NIGHTLY, { limit: 1, strategy: 'ENQUEUE' });
    await setSchedule(rig, '* * * * *');
    await rig.clock.advance(2 * MINUTE);
    await setSchedule(rig, '* * * * *', true);
    return made;
  }
  const states = async (rig: Awaited<ReturnType<typeof busyDeployment>>['rig']) =>
    [...(await runs(rig))].reverse().map(({ state }) => state.name);

  it('is kept when the engine starts again: what ran keeps its slot, what waited waits on', async () => {
    const { rig, script } = await busyDeployment();
    await rig.restart();
    expect(await states(rig)).toEqual(['Recovering', 'AwaitingConcurrencySlot']);
    await rig.clock.advance(5 * MINUTE);
    expect(await states(rig)).toEqual(['Recovering', 'AwaitingConcurrencySlot']);
    script.attempt('extract-0', 2).returns(1);
    await rig.clock.advance(30_000);
    expect(await states(rig)).toEqual(['Completed', 'Running']);
  });

  it('a run that waits for a slot is cancelled at once, and its tick keeps its verdict', async () => {
    const { rig } = await busyDeployment();
    const [waiting] = await runs(rig);
    await rig.engine.cancelRun(waiting!.id, 'not needed');
    expect(statesOf(await rig.view(waiting!.id))).toBe(
      'Scheduled > AwaitingConcurrencySlot > Cancelled',
    );
    expect((await ticks(rig))[1]).toMatchObject({
      verdict: 'ran',
      reason: expect.stringContaining('due; waits for deployment'),
    });
  });

  it('that is raised lets the next one go when it asks again', async () => {
    const { rig } = await busyDeployment();
    await rig.engine.setConcurrency(NIGHTLY, { limit: 2, strategy: 'ENQUEUE' });
    await rig.clock.advance(30_000);
    expect(await states(rig)).toEqual(['Running', 'Running']);
  });

  it('that is set to 0 cancels what waits, when it asks again', async () => {
    const { rig } = await busyDeployment();
    await rig.engine.setConcurrency(NIGHTLY, { limit: 0, strategy: 'ENQUEUE' });
    await rig.clock.advance(30_000);
    expect(await states(rig)).toEqual(['Running', 'Cancelled']);
  });

  it('is told in the stream of the deployment, and to who watches', async () => {
    const { rig } = await busyDeployment();
    await rig.engine.setConcurrency(NIGHTLY, undefined);
    const [deployment] = await rig.engine.deployments();
    const told = (await rig.store.events(deploymentStream(deployment!.id))).flatMap(({ body }) =>
      body.kind === 'concurrency.set' ? [body.concurrency] : [],
    );
    expect(told).toEqual([{ limit: 1, strategy: 'ENQUEUE' }, undefined]);
    expect(deployment?.concurrency).toBeUndefined();
    expect(rig.feed.of('deployment').at(-1)?.deployment).toEqual(deployment);
  });

  it.each([
    [{ limit: -1, strategy: 'ENQUEUE' } as const, 'whole number from 0 to 10000, not -1'],
    [{ limit: 1.5, strategy: 'CANCEL_NEW' } as const, 'not 1.5'],
    [{ limit: 1, strategy: 'DROP' as never }, 'not DROP'],
  ])('that makes no sense is refused: %o', async (concurrency, reason) => {
    const { rig } = await quickRig();
    expect(await rig.engine.setConcurrency(NIGHTLY, concurrency)).toEqual({
      ok: false,
      reason: expect.stringContaining(reason),
    });
    expect(await rig.engine.setConcurrency('dep_x', undefined)).toEqual({
      ok: false,
      reason: "There is no deployment 'dep_x'.",
    });
  });

  it('leaves no slot held and no worker when the tick cannot be written', async () => {
    const { rig } = await openTask();
    await rig.engine.setConcurrency(NIGHTLY, { limit: 1, strategy: 'CANCEL_NEW' });
    await setSchedule(rig, '* * * * *');
    let failures = 1;
    rig.life.beforeCommit = () => {
      if (failures-- > 0) throw new Error('no room');
    };
    await rig.clock.advance(MINUTE);
    expect(await runs(rig)).toEqual([]);
    expect(rig.workers.alive.size).toBe(0);
    await setSchedule(rig, '* * * * *');
    await rig.clock.advance(MINUTE);
    expect((await runs(rig)).map(({ state }) => state.name)).toEqual(['Running']);
  });
});
