import { describe, expect, it } from 'vitest';
import { SOME_TIME } from '#tests/support/builders.ts';
import { scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { failingTask } from '#tests/support/one-task-flow.ts';

const seconds = (rig: { clock: { now(): number } }) => (rig.clock.now() - SOME_TIME) / 1000;

describe('retries', () => {
  it('C02 are immediate without a delay, and stop when they are used', async () => {
    const { rig, script } = await failingTask({ retries: 3 }, [1, 2, 3, 4]);
    const view = await rig.run();
    expect(script.attempts).toHaveLength(4);
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe(
      'Pending > Running > Retrying > Retrying > Retrying > Failed',
    );
    expect(view.state.name).toBe('Failed');
    expect(seconds(rig)).toBe(0);
  });

  it('C03 may succeed on the last attempt', async () => {
    const { rig } = await failingTask({ retries: 3 }, [1, 2, 3]);
    const taskRun = taskRunIn(await rig.run(), 'extract-0');
    expect(statesOf(taskRun)).toBe(
      'Pending > Running > Retrying > Retrying > Retrying > Completed',
    );
    expect(taskRun.result?.label).toBe('4');
  });

  it('C04 stop when it works', async () => {
    const { rig, script } = await failingTask({ retries: 3 }, [1]);
    await rig.run();
    expect(script.attempts).toHaveLength(2);
  });

  it('C05 wait for the delay, on the clock of the engine', async () => {
    const { rig, script } = await failingTask({ retries: 3, retryDelaySeconds: 1 }, [1, 2, 3, 4]);
    const id = await rig.start();
    expect(script.attempts).toHaveLength(1);
    await rig.clock.advance(999);
    expect(script.attempts).toHaveLength(1);
    await rig.clock.advance(1);
    expect(script.attempts).toHaveLength(2);
    const taskRun = taskRunIn(await rig.finish(id), 'extract-0');
    expect(statesOf(taskRun)).toBe(
      'Pending > Running > AwaitingRetry > Retrying > AwaitingRetry > Retrying > AwaitingRetry > Retrying > Failed',
    );
    expect(seconds(rig)).toBe(3);
  });

  it('C06 take their delays from the list, whose last element repeats', async () => {
    const { rig } = await failingTask({ retries: 3, retryDelaySeconds: [1, 2] }, [1, 2, 3]);
    const { waits } = taskRunIn(await rig.run(), 'extract-0');
    expect(waits.map(({ from, until }) => (until - from) / 1000)).toEqual([1, 2, 2]);
    expect(waits.map(({ endedAt, until }) => endedAt === until)).toEqual([true, true, true]);
  });

  it('can be changed for a run without touching the source', async () => {
    const { rig } = await failingTask({ retries: 0 }, [1, 2]);
    const overrides = { extract: { retries: 2, retryDelaySeconds: 3 } };
    const view = await rig.run({ overrides });
    expect(view.state.name).toBe('Completed');
    expect(seconds(rig)).toBe(6);
    expect(view.created.overrides).toEqual(overrides);
  });

  it('C13 are said in the log', async () => {
    const { rig } = await failingTask({ retries: 2, retryDelaySeconds: [2, 0] }, [1, 2, 3]);
    const view = await rig.run();
    const failed = "Task run 'extract-0' - Task run failed with exception: ValueError('x')";
    expect((await rig.said(view.created.flowRunId)).slice(2)).toEqual([
      `INFO    | ${failed} - Retry 1/2 will start 2 second(s) from now`,
      `INFO    | ${failed} - Retry 2/2 will start immediately`,
      `ERROR   | ${failed} - Retries are exhausted`,
      `ERROR   | Task run 'extract-0' - Finished in state Failed('ValueError: x')`,
      `ERROR   | Flow run '${view.created.name}' - Finished in state Failed('Flow run encountered an exception: ValueError: x')`,
    ]);
  });

  it('give their place to others while they wait', async () => {
    const { rig, script } = await scriptedRig(
      {
        tasks: { slow: { retries: 1, retryDelaySeconds: 60 }, quick: {} },
        body: (flow) => Promise.all([flow.call('slow'), flow.call('quick')]),
        attempt: (attempt) =>
          attempt.call.attempt === 1 && attempt.call.task === 'slow'
            ? attempt.throws('x')
            : attempt.returns(1),
      },
      { poolSize: 1 },
    );
    await rig.start();
    expect(script.attempts.map(({ call }) => call.taskRunName)).toEqual(['slow-0', 'quick-0']);
  });
});
