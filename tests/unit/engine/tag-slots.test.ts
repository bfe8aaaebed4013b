import { describe, expect, it } from 'vitest';
import { SOME_TIME } from '#tests/support/builders.ts';
import { scriptedRig, statesOf } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';
import type { RigOptions } from '#tests/support/engine-rig.ts';

async function limitedTask(limit: number, options: object = {}, more: RigOptions = {}) {
  const made = await openTask({ tags: ['t'], ...options }, more);
  await made.rig.engine.setLimit('tag:t', limit);
  return made;
}

describe('slots and the death of an engine', () => {
  it('an engine that starts again holds none, and its lost attempts take theirs anew', async () => {
    const { rig, script } = await limitedTask(1);
    const [first, second] = [await rig.start(), await rig.start()];
    await rig.restart();
    expect(await rig.engine.limits()).toMatchObject([{ name: 'tag:t', held: 1, waiting: 1 }]);
    script.attempt('extract-0', 2).returns(1);
    expect(statesOf((await rig.finish(first)).taskRuns[0]!)).toBe(
      'Pending > Running > Recovering > Completed',
    );
    script.attempt('extract-0', 1).returns(2);
    expect(statesOf((await rig.finish(second)).taskRuns[0]!)).toBe(
      'Pending > AwaitingConcurrencySlot > Running > Completed',
    );
    expect(await rig.engine.limits()).toMatchObject([{ held: 0, waiting: 0 }]);
  });

  it('one that waits for a slot waits on, and uses no recovery of its task run', async () => {
    const { rig } = await limitedTask(1);
    await rig.start();
    const second = await rig.start();
    for (let kills = 0; kills < 2; kills++) await rig.restart();
    const waiting = await rig.taskRun(second, 'extract-0');
    expect(statesOf(waiting)).toBe('Pending > AwaitingConcurrencySlot');
    expect(await rig.taskRunRecord(waiting.id)).toMatchObject({ recoveriesUsed: 0 });
  });

  it('a worker that dies keeps its slot for the attempt that follows at once', async () => {
    const { rig, script } = await limitedTask(1);
    const [first, second] = [await rig.start(), await rig.start()];
    script.attempts[0]!.dies();
    await rig.clock.settle();
    expect(statesOf(await rig.taskRun(first, 'extract-0'))).toBe('Pending > Running > Recovering');
    expect((await rig.taskRun(second, 'extract-0')).state.name).toBe('AwaitingConcurrencySlot');
  });

  it('and gives it up when its task run is lost for good', async () => {
    const { rig, script } = await limitedTask(1, { recoveries: 0 });
    const [first, second] = [await rig.start(), await rig.start()];
    script.attempts[0]!.dies();
    await rig.clock.settle();
    expect((await rig.taskRun(first, 'extract-0')).state.name).toBe('Crashed');
    expect((await rig.taskRun(second, 'extract-0')).state.name).toBe('Running');
  });
});

describe('a task run that waits for a slot', () => {
  it('takes no place from others', async () => {
    const { rig } = await scriptedRig(
      {
        tasks: { slow: { tags: ['t'] }, other: {} },
        body: (flow) => Promise.all([flow.call('slow'), flow.call('slow'), flow.call('other')]),
      },
      { poolSize: 2 },
    );
    await rig.engine.setLimit('tag:t', 1);
    const id = await rig.start();
    const states = (await rig.view(id)).taskRuns.map(({ name, state }) => `${name} ${state.name}`);
    expect(states.sort()).toEqual([
      'other-0 Running',
      'slow-0 Running',
      'slow-1 AwaitingConcurrencySlot',
    ]);
  });

  it('that takes several tags waits for all of them, and holds none meanwhile', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { a: { tags: ['a'] }, both: { tags: ['b', 'a'] } },
      body: (flow) => Promise.all([flow.call('a'), flow.call('both')]),
    });
    await rig.engine.setLimit('tag:a', 1);
    await rig.engine.setLimit('tag:b', 1);
    const id = await rig.start();
    expect(await rig.engine.limits()).toMatchObject([
      { name: 'tag:a', held: 1, waiting: 1 },
      { name: 'tag:b', held: 0, waiting: 1 },
    ]);
    script.attempt('a-0', 1).returns(1);
    await rig.clock.settle();
    expect((await rig.taskRun(id, 'both-0')).state.name).toBe('Running');
  });

  it('begins when the limit is raised', async () => {
    const { rig } = await limitedTask(1);
    await rig.start();
    const second = await rig.start();
    await rig.engine.setLimit('tag:t', 2);
    await rig.clock.settle();
    expect((await rig.taskRun(second, 'extract-0')).attempts).toMatchObject([
      { startedAt: SOME_TIME },
    ]);
  });

  it('whose flow body does not wait for it is told so', async () => {
    const { rig } = await scriptedRig({
      tasks: { slow: { tags: ['t'] } },
      body: async (flow) => {
        void flow.call('slow').catch(() => undefined);
        void flow.call('slow').catch(() => undefined);
        await flow.sleep(1);
      },
    });
    await rig.engine.setLimit('tag:t', 1);
    const view = await rig.run();
    expect(
      (await rig.said(view.created.flowRunId)).filter((line) => line.startsWith('ERROR')),
    ).toEqual([
      `ERROR   | Task run 'slow-1' - Please wait for all submitted tasks to complete before exiting your flow.`,
    ]);
  });
});
