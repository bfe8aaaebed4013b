import { describe, expect, it } from 'vitest';
import { scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';

describe('a lost worker', () => {
  it('C15 of a task: the attempt ends Crashed and is started again without using a retry', async () => {
    const { rig, script } = await openTask();
    const id = await rig.start();
    script.attempt('extract-0', 1).dies();
    await rig.clock.settle();
    script.attempt('extract-0', 2).returns(1);
    const taskRun = taskRunIn(await rig.finish(id), 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Recovering > Completed');
    expect(taskRun.attempts.map(({ state }) => state.name)).toEqual(['Crashed', 'Completed']);
  });

  it('C15 of a task, four times: the task run ends Crashed and fails the flow', async () => {
    const { rig } = await scriptedRig({
      tasks: { extract: { retries: 5 } },
      body: (flow) => flow.call('extract'),
      attempt: (attempt) => attempt.dies(),
    });
    const view = await rig.run();
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe(
      'Pending > Running > Recovering > Recovering > Recovering > Crashed',
    );
    expect(view.state.message).toBe(
      'Flow run encountered an exception: The attempt was lost: worker terminated',
    );
  });

  it('of the flow: the body is entered again and finds its tasks where they are', async () => {
    let died = false;
    const { rig, script } = await scriptedRig({
      tasks: { before: {}, during: {}, after: {} },
      async body(flow) {
        const before = await flow.call('before');
        flow.log('said once');
        const during = flow.call('during', before);
        if (!died) {
          died = true;
          setImmediate(() => flow.die());
        }
        return flow.call('after', await during);
      },
      attempt: (attempt) => attempt.call.task !== 'during' && attempt.returns(attempt.call.task),
    });
    const id = await rig.start();
    await rig.clock.settle();
    expect(script.bodies).toBe(2);
    script.attempt('during-0', 1).returns('during');
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Recovering > Completed');
    expect(script.attempts.map(({ call }) => call.taskRunName)).toEqual([
      'before-0',
      'during-0',
      'after-0',
    ]);
    expect(script.attempt('after-0', 1).arguments).toEqual(['during']);
    expect((await rig.said(id)).filter((line) => line.includes('said once'))).toHaveLength(1);
  });

  it('of the flow: the body that is entered again hears of a result when it is durable', async () => {
    let readyToCall: () => void = () => undefined;
    const heard: unknown[] = [];
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      async body(flow) {
        if (script.bodies === 1) setImmediate(() => flow.die());
        else await new Promise<void>((resolve) => (readyToCall = resolve));
        heard.push(await flow.call('extract'));
      },
    });
    const id = await rig.start();
    let makeRoom: () => void = () => undefined;
    rig.life.beforeCommit = () => new Promise<void>((resolve) => (makeRoom = resolve));
    script.attempt('extract-0', 1).returns(1);
    await rig.clock.settle();
    readyToCall();
    await rig.clock.settle();
    expect(heard).toEqual([]);
    rig.life.beforeCommit = () => undefined;
    makeRoom();
    expect((await rig.finish(id)).state.name).toBe('Completed');
    expect(heard).toEqual([1]);
  });

  it('of the flow, four times: the run ends Crashed, and its tasks with it', async () => {
    const { rig } = await scriptedRig({
      tasks: { slow: {} },
      body(flow) {
        setImmediate(() => flow.die());
        return flow.call('slow');
      },
    });
    const id = await rig.start();
    for (let turns = 0; turns < 5; turns++) await rig.clock.settle();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe(
      'Pending > Running > Recovering > Recovering > Recovering > Crashed',
    );
    expect(taskRunIn(view, 'slow-0').state.name).toBe('Cancelled');
    expect(rig.workers.alive.size).toBe(0);
  });

  it('that does not start again ends the run with the reason, and its tasks with it', async () => {
    const { rig } = await scriptedRig({
      tasks: { slow: {} },
      body(flow) {
        setImmediate(() => {
          rig.workers.refusal = { kind: 'load', message: 'no more workers' };
          flow.die();
        });
        return flow.call('slow');
      },
    });
    const view = await rig.run();
    expect(view.state.message).toContain('no more workers');
    expect(taskRunIn(view, 'slow-0').state.name).toBe('Cancelled');
  });
});
