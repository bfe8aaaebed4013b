import { describe, expect, it } from 'vitest';
import { scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';

describe('C14 a timeout', () => {
  it('ends the attempt as TimedOut and uses a retry', async () => {
    const { rig, script } = await openTask({ retries: 1, timeoutSeconds: 0.1 });
    const id = await rig.start();
    await rig.clock.advance(99);
    expect((await rig.taskRun(id, 'extract-0')).state.name).toBe('Running');
    await rig.clock.advance(1);
    expect(script.attempt('extract-0', 2).call.attempt).toBe(2);
    const taskRun = taskRunIn(await rig.finish(id), 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Retrying > TimedOut');
    expect(taskRun.state).toMatchObject({
      type: 'FAILED',
      message: 'Task run exceeded timeout of 0.1 second(s)',
    });
    expect(taskRun.attempts.map(({ state }) => state.name)).toEqual(['TimedOut', 'TimedOut']);
  });

  it('ends the worker, whose late answer changes nothing', async () => {
    const { rig, script } = await openTask({ retries: 1, timeoutSeconds: 1 });
    const id = await rig.start();
    const first = script.attempt('extract-0', 1);
    await rig.clock.advance(1000);
    first.returns('late');
    void first.log('still here');
    script.attempt('extract-0', 2).returns('in time');
    const view = await rig.finish(id);
    expect(taskRunIn(view, 'extract-0').result?.label).toBe('"in time"');
    expect((await rig.said(id)).join()).not.toContain('still here');
  });

  it('does not strike an attempt that has ended', async () => {
    const { rig, script } = await openTask({ timeoutSeconds: 1 });
    const id = await rig.start();
    script.attempt('extract-0', 1).returns(1);
    await rig.finish(id);
    expect(rig.clock.next).toBeUndefined();
  });

  it('of the flow ends it with everything it started', async () => {
    const { rig } = await scriptedRig({
      tasks: { slow: {} },
      options: { timeoutSeconds: 5 },
      body: (flow) => flow.call('slow'),
    });
    const view = await rig.run();
    expect(view.state).toMatchObject({
      name: 'TimedOut',
      message: 'Flow run exceeded timeout of 5 second(s)',
    });
    expect(statesOf(taskRunIn(view, 'slow-0'))).toBe('Pending > Running > Cancelled');
    expect(rig.workers.alive.size).toBe(0);
  });

  it('of a task that the body does not catch fails the flow as any exception does', async () => {
    const { rig } = await openTask({ timeoutSeconds: 1 });
    expect((await rig.run()).state).toMatchObject({
      name: 'Failed',
      message: 'Flow run encountered an exception: Task run exceeded timeout of 1 second(s)',
    });
  });
});
