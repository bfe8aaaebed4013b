import { describe, expect, it } from 'vitest';
import { runStream } from '#domain/ids.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { scriptedRig, taskRunIn } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';

describe('a replayed body', () => {
  it('sleeps until the sleep was due before', async () => {
    const woken: number[] = [];
    const { rig } = await scriptedRig({
      tasks: {},
      async body(flow) {
        await flow.sleep(90);
        woken.push(flow.now);
      },
    });
    const id = await rig.start();
    await rig.clock.advance(60_000);
    await rig.restart();
    await rig.finish(id);
    expect(woken).toEqual([SOME_TIME + 90_000]);
  });

  it('does not sleep again when the sleep was over', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      async body(flow) {
        await flow.sleep(90);
        return flow.call('extract', flow.now);
      },
    });
    const id = await rig.start();
    await rig.clock.advance(90_000);
    const before = script.attempt('extract-0', 1).arguments;
    await rig.clock.advance(5000);
    await rig.restart();
    expect(script.attempt('extract-0', 2).arguments).toEqual(before);
    script.attempt('extract-0', 2).returns(1);
    expect((await rig.finish(id)).state.name).toBe('Completed');
  });

  it('reads one and the same start of the run, even when it was lost before it began', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      body: (flow) => flow.call('extract', flow.now),
    });
    rig.life.maxCommits = rig.life.commits;
    rig.life.lastCommit = 'kept';
    void rig.ask();
    await rig.clock.settle();
    for (let kills = 0; kills < 2; kills++) {
      await rig.clock.advance(60_000);
      await rig.restart();
    }
    script.attempt('extract-0', 2).returns(1);
    const [record] = await rig.store.newestFlowRuns(1);
    expect((await rig.finish(record!.id)).state.name).toBe('Completed');
  });

  it('says nothing of the body twice, and what was not kept once more', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      async body(flow) {
        flow.log('first');
        await flow.call('extract');
        flow.log('second');
        return flow.call('extract');
      },
    });
    const id = await rig.start();
    script.attempt('extract-0', 1).returns(1);
    await rig.clock.settle();
    await rig.restart();
    script.attempt('extract-1', 2).returns(1);
    await rig.finish(id);
    const said = (await rig.said(id)).filter((line) => /first|second/.test(line));
    expect(said.map((line) => line.slice(-6))).toEqual([' first', 'second']);
  });

  it('sees results in the order in which they first came', async () => {
    const orders: string[][] = [];
    const { rig, script } = await scriptedRig({
      tasks: { slow: {}, quick: {}, last: {} },
      async body(flow) {
        const order: string[] = [];
        orders.push(order);
        const call = async (task: string) => {
          await flow.call(task);
          order.push(task);
        };
        await Promise.all([call('slow'), call('quick')]);
        return flow.call('last', order);
      },
    });
    const id = await rig.start();
    for (const name of ['quick-0', 'slow-0']) {
      script.attempt(name, 1).returns(name);
      await rig.clock.settle();
    }
    await rig.restart();
    expect(orders).toEqual([
      ['quick', 'slow'],
      ['quick', 'slow'],
    ]);
    script.attempt('last-0', 2).returns(1);
    expect((await rig.finish(id)).state.name).toBe('Completed');
  });

  it('ends with both calls by name when the body does not repeat itself', async () => {
    let task = 'extract';
    const { rig, script } = await scriptedRig({
      tasks: { extract: {}, other: {} },
      body: async (flow) => {
        await flow.call(task);
        return flow.call('other');
      },
      attempt: (attempt) => attempt.call.task === 'extract' && attempt.returns(1),
    });
    const id = await rig.start();
    task = 'other';
    await rig.restart();
    const view = await rig.finish(id);
    expect(view.state.message).toMatch(
      /^Flow run encountered an exception: The flow did not repeat itself: recorded extract \(call 0, arguments sha256-[0-9a-f]{7}\), now called other \(call 0, arguments sha256-[0-9a-f]{7}\)$/,
    );
    expect(view.failure?.kind).toBe('non-determinism');
    expect(taskRunIn(view, 'other-0').state.name).toBe('Cancelled');
    expect(script.attempts.map(({ call }) => call.taskRunName)).toEqual(['extract-0', 'other-0']);
  });

  it('ends so as well when only the arguments differ', async () => {
    let argument = 1;
    const { rig } = await scriptedRig({
      tasks: { extract: {} },
      body: (flow) => flow.call('extract', argument),
    });
    const id = await rig.start();
    argument = 2;
    await rig.restart();
    expect((await rig.finish(id)).failure?.kind).toBe('non-determinism');
  });

  it('keeps its events as they were, and numbers on', async () => {
    const { rig, script } = await openTask({ retries: 1 });
    const id = await rig.start();
    const before = await rig.store.events(runStream(id));
    await rig.restart();
    script.attempt('extract-0', 2).returns(1);
    await rig.finish(id);
    const after = await rig.store.events(runStream(id));
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, i) => i + 1));
  });
});
