import { describe, expect, it } from 'vitest';
import { scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { failingTask, openTask } from '#tests/support/one-task-flow.ts';

describe('cancel', () => {
  it('ends a running attempt and its worker at once', async () => {
    const { rig } = await openTask({ retries: 3 });
    const id = await rig.start();
    expect(await rig.engine.cancelRun(id, 'not needed')).toBe(true);
    await rig.clock.settle();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Cancelling > Cancelled');
    expect(view.state.message).toBe('not needed');
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe('Pending > Running > Cancelled');
    expect(rig.workers.alive.size).toBe(0);
  });

  it('ends a run that waits for a retry', async () => {
    const { rig } = await failingTask({ retries: 1, retryDelaySeconds: 3600 }, [1]);
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'not needed');
    await rig.clock.settle();
    const view = await rig.view(id);
    expect(view.state.name).toBe('Cancelled');
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe(
      'Pending > Running > AwaitingRetry > Cancelled',
    );
    expect(rig.clock.next).toBeUndefined();
  });

  it('ends a run that sleeps', async () => {
    const { rig } = await scriptedRig({ tasks: {}, body: (flow) => flow.sleep(3600) });
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'not needed');
    await rig.clock.settle();
    expect(statesOf(await rig.view(id))).toBe('Pending > Running > Cancelling > Cancelled');
    expect(rig.clock.next).toBeUndefined();
  });

  it('ends a run that waits for a place which another run holds', async () => {
    const { rig, script } = await openTask({}, { poolSize: 1 });
    const first = await rig.start();
    const second = await rig.start();
    await rig.engine.cancelRun(second, 'not needed');
    await rig.clock.settle();
    const view = await rig.view(second);
    expect(view.state.name).toBe('Cancelled');
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe('Pending > Cancelled');
    script.attempt('extract-0', 1).returns(1);
    expect((await rig.finish(first)).state.name).toBe('Completed');
    const third = await rig.start();
    expect((await rig.taskRun(third, 'extract-0')).state.name).toBe('Running');
  });

  it('answers false for a run that is not active', async () => {
    const { rig } = await failingTask({}, []);
    const view = await rig.run();
    expect(await rig.engine.cancelRun(view.created.flowRunId, 'x')).toBe(false);
    expect((await rig.view(view.created.flowRunId)).lastSeq).toBe(view.lastSeq);
  });

  it('is one cancel, however often it is asked for', async () => {
    const { rig } = await openTask();
    const id = await rig.start();
    await Promise.all([rig.engine.cancelRun(id, 'first'), rig.engine.cancelRun(id, 'second')]);
    await rig.clock.settle();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Cancelling > Cancelled');
    expect(view.state.message).toBe('first');
  });
});
