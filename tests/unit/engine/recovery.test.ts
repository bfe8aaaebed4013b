import { describe, expect, it } from 'vitest';
import { SOME_TIME } from '#tests/support/builders.ts';
import { scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';

describe('a recovered run', () => {
  it('ends the lost attempt as Crashed and starts it again without using a retry', async () => {
    const { rig, script } = await openTask({ retries: 1 });
    const id = await rig.start();
    await rig.restart();
    script.attempt('extract-0', 2).returns(1);
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Recovering > Completed');
    const taskRun = taskRunIn(view, 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Recovering > Completed');
    expect(taskRun.attempts[0]?.failure).toEqual({
      kind: 'lost',
      cause: 'engine stopped or tab closed',
    });
    expect(await rig.taskRunRecord(taskRun.id)).toMatchObject({
      retriesUsed: 0,
      recoveriesUsed: 1,
    });
    expect((await rig.said(id)).filter((line) => line.startsWith('WARNING'))).toEqual([
      `WARNING | Task run 'extract-0' - engine stopped or tab closed: started again without using a retry (recovery 1 of 3)`,
      `WARNING | Flow run '${view.created.name}' - engine stopped or tab closed: taken up again from its journal (recovery 1 of 3)`,
    ]);
  });

  it('ends Crashed when its recovery dies three times, and its tasks end with it', async () => {
    const { rig } = await openTask({ retries: 1 });
    const id = await rig.start();
    for (let kills = 1; kills <= 3; kills++) {
      await rig.restart();
      expect((await rig.view(id)).state.name).toBe('Recovering');
    }
    await rig.restart();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe(
      'Pending > Running > Recovering > Recovering > Recovering > Crashed',
    );
    expect(taskRunIn(view, 'extract-0').state.name).toBe('Cancelled');
    expect(await rig.store.activeFlowRuns()).toEqual([]);
    await rig.restart();
    expect((await rig.view(id)).lastSeq).toBe(view.lastSeq);
  });

  it('may be lost as often as it likes while it gets further in between', async () => {
    const { rig } = await scriptedRig({
      tasks: { night: {} },
      async body(flow) {
        for (let nights = 0; nights < 6; nights++) {
          await flow.call('night');
          await flow.sleep(3600);
        }
      },
      attempt: (attempt) => attempt.returns('quiet'),
    });
    const id = await rig.start();
    for (let nights = 0; nights < 6; nights++) {
      await rig.clock.advance(3_600_000);
      await rig.restart();
    }
    const view = await rig.finish(id);
    expect(view.state.name).toBe('Completed');
    expect(view.states.filter(({ name }) => name === 'Recovering').length).toBeGreaterThan(4);
    expect((await rig.store.get('flowRuns', id))?.recoveriesUsed).toBe(1);
  });

  it('sees a task whose recoveries are used fail, as if it had failed before its eyes', async () => {
    const caught: unknown[] = [];
    const { rig, script } = await scriptedRig({
      tasks: { extract: { recoveries: 0 } },
      body: (flow) => flow.call('extract').catch((error: unknown) => caught.push(error)),
    });
    const id = await rig.start();
    await rig.restart();
    const view = await rig.finish(id);
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe('Pending > Running > Crashed');
    expect(caught.map(String)).toEqual([
      'RunFailure: The attempt was lost: engine stopped or tab closed',
    ]);
    expect(view.state.name).toBe('Completed');
    expect(script.attempts).toHaveLength(1);
  });

  it('waits for a retry until it was due before', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: { retries: 1, retryDelaySeconds: 60 } },
      body: (flow) => flow.call('extract'),
      attempt: (attempt) =>
        attempt.call.attempt === 1 ? attempt.throws('x') : attempt.returns('ok'),
    });
    const id = await rig.start();
    await rig.clock.advance(20_000);
    await rig.restart();
    await rig.clock.advance(39_999);
    expect(script.attempts).toHaveLength(1);
    const view = await rig.finish(id);
    const taskRun = taskRunIn(view, 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > AwaitingRetry > Retrying > Completed');
    expect(taskRun.attempts[1]?.startedAt).toBe(SOME_TIME + 60_000);
    expect(taskRun.attempts[0]?.state.name).toBe('Failed');
  });

  it('retries at once when that was due while nobody was there', async () => {
    const { rig } = await scriptedRig({
      tasks: { extract: { retries: 1, retryDelaySeconds: 60 } },
      body: (flow) => flow.call('extract'),
      attempt: (attempt) =>
        attempt.call.attempt === 1 ? attempt.throws('x') : attempt.returns('ok'),
    });
    const id = await rig.start();
    rig.kill();
    await rig.clock.advance(3_600_000);
    await rig.restart();
    const taskRun = taskRunIn(await rig.finish(id), 'extract-0');
    expect(taskRun.attempts[1]?.startedAt).toBe(SOME_TIME + 3_600_000);
    expect(taskRun.waits[0]?.until).toBe(SOME_TIME + 60_000);
  });

  it('starts a task again that was called but had no attempt yet', async () => {
    const { rig, script } = await openTask({ retries: 1 });
    rig.life.maxCommits = rig.life.commits + 2;
    rig.life.lastCommit = 'kept';
    const id = await rig.start();
    expect((await rig.view(id)).taskRuns).toHaveLength(1);
    expect(script.attempts).toEqual([]);
    await rig.restart();
    script.attempt('extract-0', 1).returns(1);
    const taskRun = taskRunIn(await rig.finish(id), 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Completed');
  });

  it('is Cancelled when that had been asked for before', async () => {
    const { rig } = await openTask({ retries: 1 });
    const id = await rig.start();
    rig.life.maxCommits = rig.life.commits;
    rig.life.lastCommit = 'kept';
    void rig.engine.cancelRun(id, 'not needed');
    await rig.clock.settle();
    await rig.restart();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Cancelling > Cancelled');
    expect(view.state.message).toBe('not needed');
    expect(taskRunIn(view, 'extract-0').state.name).toBe('Cancelled');
  });

  it('ends with the reason when its source is gone, and its tasks end with it', async () => {
    const { rig } = await openTask({ retries: 1 });
    const id = await rig.start();
    const { sourceHash } = (await rig.store.get('flowRuns', id))!;
    await rig.store.commit([{ store: 'flows', op: 'delete', key: sourceHash }]);
    await rig.restart();
    const view = await rig.view(id);
    expect(view.state).toMatchObject({
      name: 'Failed',
      message:
        'Flow run encountered an exception: The source did not load: its source is no longer stored',
    });
    expect(taskRunIn(view, 'extract-0').state.name).toBe('Cancelled');
  });

  it('resumes from the checkpoint of the lost attempt', async () => {
    const { rig, script } = await openTask({ retries: 1 });
    const id = await rig.start();
    await script
      .attempt('extract-0', 1)
      .ask({ method: 'saveCheckpoint', fraction: 0.4, bytes: new ArrayBuffer(1) });
    await rig.restart();
    expect((await rig.taskRun(id, 'extract-0')).attempts[1]?.resumesAt).toBe(0.4);
  });

  it('is taken up in the order of creation, beside others', async () => {
    const { rig, script } = await openTask({ retries: 1 });
    const ids = [await rig.start(), await rig.start()];
    await rig.restart();
    for (const id of ids)
      script.attempts.findLast(({ call }) => call.flowRunId === id)?.returns(id);
    for (const id of ids) expect((await rig.finish(id)).state.name).toBe('Completed');
  });
});
