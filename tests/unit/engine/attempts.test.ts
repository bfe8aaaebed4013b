import { describe, expect, it } from 'vitest';
import type { Fault } from '#domain/faults.ts';
import type { TaskOptions } from '#domain/policies.ts';
import { scriptedRig, statesOf, taskRunIn, type RigOptions } from '#tests/support/engine-rig.ts';
import type { ScriptedAttempt } from '#tests/support/scripted-workers.ts';
import { SOME_TIME } from '#tests/support/builders.ts';

/** A flow of one task that fails on the attempts given, and on the others returns its number. */
const failing = (options: TaskOptions, failures: readonly number[], more: RigOptions = {}) =>
  scriptedRig(
    {
      tasks: { extract: options },
      body: (flow) => flow.call('extract'),
      attempt(attempt) {
        const { attempt: number } = attempt.call;
        if (failures.includes(number)) attempt.throws('x', 'ValueError');
        else attempt.returns(number);
      },
    },
    more,
  );

/** A flow of one task whose attempts the test ends. */
const manual = (options: TaskOptions = {}, more: RigOptions = {}) =>
  scriptedRig({ tasks: { extract: options }, body: (flow) => flow.call('extract') }, more);

const seconds = (rig: { clock: { now(): number } }) => (rig.clock.now() - SOME_TIME) / 1000;
const leaveOpen = (_: ScriptedAttempt) => undefined;

describe('retries', () => {
  it('C02 are immediate without a delay, and stop when they are used', async () => {
    const { rig, script } = await failing({ retries: 3 }, [1, 2, 3, 4]);
    const view = await rig.run();
    expect(script.attempts).toHaveLength(4);
    expect(statesOf(taskRunIn(view, 'extract-0'))).toBe(
      'Pending > Running > Retrying > Retrying > Retrying > Failed',
    );
    expect(view.state.name).toBe('Failed');
    expect(seconds(rig)).toBe(0);
  });

  it('C03 may succeed on the last attempt', async () => {
    const { rig } = await failing({ retries: 3 }, [1, 2, 3]);
    const taskRun = taskRunIn(await rig.run(), 'extract-0');
    expect(statesOf(taskRun)).toBe(
      'Pending > Running > Retrying > Retrying > Retrying > Completed',
    );
    expect(taskRun.result?.label).toBe('4');
  });

  it('C04 stop when it works', async () => {
    const { rig, script } = await failing({ retries: 3 }, [1]);
    await rig.run();
    expect(script.attempts).toHaveLength(2);
  });

  it('C05 wait for the delay, on the clock of the engine', async () => {
    const { rig, script } = await failing({ retries: 3, retryDelaySeconds: 1 }, [1, 2, 3, 4]);
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
    const { rig } = await failing({ retries: 3, retryDelaySeconds: [1, 2] }, [1, 2, 3]);
    const { waits } = taskRunIn(await rig.run(), 'extract-0');
    expect(waits.map(({ from, until }) => (until - from) / 1000)).toEqual([1, 2, 2]);
    expect(waits.map(({ endedAt, until }) => endedAt === until)).toEqual([true, true, true]);
  });

  it('can be changed for a run without touching the source', async () => {
    const { rig } = await failing({ retries: 0 }, [1, 2]);
    const overrides = { extract: { retries: 2, retryDelaySeconds: 3 } };
    const view = await rig.run({ overrides });
    expect(view.state.name).toBe('Completed');
    expect(seconds(rig)).toBe(6);
    expect(view.created.overrides).toEqual(overrides);
  });

  it('C13 are said in the log', async () => {
    const { rig } = await failing({ retries: 2, retryDelaySeconds: [2, 0] }, [1, 2, 3]);
    const view = await rig.run();
    const failed = "Task run 'extract-0' - Task run failed with exception: ValueError('x')";
    expect((await rig.said(view.created.flowRunId)).slice(1)).toEqual([
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

describe('C14 a timeout', () => {
  it('ends the attempt as TimedOut and uses a retry', async () => {
    const { rig, script } = await manual({ retries: 1, timeoutSeconds: 0.1 });
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
    const { rig, script } = await manual({ retries: 1, timeoutSeconds: 1 });
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
    const { rig, script } = await manual({ timeoutSeconds: 1 });
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
      attempt: leaveOpen,
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
    const { rig } = await manual({ timeoutSeconds: 1 });
    expect((await rig.run()).state).toMatchObject({
      name: 'Failed',
      message: 'Flow run encountered an exception: Task run exceeded timeout of 1 second(s)',
    });
  });
});

describe('cancel', () => {
  it('ends a running attempt and its worker at once', async () => {
    const { rig } = await manual({ retries: 3 });
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
    const { rig } = await failing({ retries: 1, retryDelaySeconds: 3600 }, [1]);
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
    const { rig, script } = await manual({}, { poolSize: 1 });
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
    const { rig } = await failing({}, []);
    const view = await rig.run();
    expect(await rig.engine.cancelRun(view.created.flowRunId, 'x')).toBe(false);
    expect((await rig.view(view.created.flowRunId)).lastSeq).toBe(view.lastSeq);
  });

  it('is one cancel, however often it is asked for', async () => {
    const { rig } = await manual();
    const id = await rig.start();
    await Promise.all([rig.engine.cancelRun(id, 'first'), rig.engine.cancelRun(id, 'second')]);
    await rig.clock.settle();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Cancelling > Cancelled');
    expect(view.state.message).toBe('first');
  });
});

describe('a lost worker', () => {
  it('C15 of a task: the attempt ends Crashed and is started again without using a retry', async () => {
    const { rig, script } = await manual();
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

  it('of the flow, four times: the run ends Crashed, and its tasks with it', async () => {
    const { rig } = await scriptedRig({
      tasks: { slow: {} },
      body(flow) {
        setImmediate(() => flow.die());
        return flow.call('slow');
      },
      attempt: leaveOpen,
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
      attempt: leaveOpen,
    });
    const view = await rig.run();
    expect(view.state.message).toContain('no more workers');
    expect(taskRunIn(view, 'slow-0').state.name).toBe('Cancelled');
  });
});

describe('a fault', () => {
  const fault = (effect: Fault['effect'], attempts: readonly number[] = [1]): Fault => ({
    task: 'extract',
    attempts,
    effect,
  });

  it('crash loses the worker at the start', async () => {
    const { rig, script } = await manual();
    const id = await rig.start({ faults: [fault({ kind: 'crash', at: 0 })] });
    script.attempt('extract-0', 2).returns(1);
    const [first, second] = taskRunIn(await rig.finish(id), 'extract-0').attempts;
    expect(first).toMatchObject({
      state: { name: 'Crashed' },
      failure: { kind: 'lost', injected: true },
      fault: { effect: { kind: 'crash' } },
    });
    expect(second?.fault).toBeUndefined();
  });

  it('crash@0.4 loses the worker when that progress is reported, and not before', async () => {
    const { rig, script } = await manual();
    const id = await rig.start({ faults: [fault({ kind: 'crash', at: 0.4 })] });
    const first = script.attempt('extract-0', 1);
    await first.ask({ method: 'progress', fraction: 0.39 });
    expect(script.attempts).toHaveLength(1);
    void first.ask({ method: 'progress', fraction: 0.4 });
    await rig.clock.settle();
    script.attempt('extract-0', 2).returns(1);
    const taskRun = taskRunIn(await rig.finish(id), 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Recovering > Completed');
  });

  it('that did not strike is said', async () => {
    const { rig, script } = await manual();
    const id = await rig.start({ faults: [fault({ kind: 'crash', at: 0.4 })] });
    script.attempt('extract-0', 1).returns(1);
    await rig.finish(id);
    expect((await rig.said(id)).join('\n')).toContain(
      "The fault crash@0.4 did not strike: 'extract-0' reported no progress of 0.4",
    );
  });

  it('is only told to the attempts that it strikes', async () => {
    const { rig, script } = await failing({ retries: 2 }, [1, 2]);
    await rig.run({ faults: [fault({ kind: 'throw' }, [1, 3])] });
    expect(script.attempts.map(({ call }) => call.fault?.effect.kind)).toEqual([
      'throw',
      undefined,
      'throw',
    ]);
  });
});

describe('a checkpoint', () => {
  it('is there for the next attempt, which says from where it may resume', async () => {
    const { rig, script } = await manual({ retries: 1 });
    const id = await rig.start();
    const first = script.attempt('extract-0', 1);
    for (const fraction of [0.1, 0.2, 0.3])
      await first.ask({
        method: 'saveCheckpoint',
        fraction,
        bytes: Uint8Array.of(fraction * 10).buffer,
      });
    first.throws('x');
    await rig.clock.settle();
    const second = script.attempt('extract-0', 2);
    const kept = await second.ask({ method: 'loadCheckpoint' });
    expect(kept.ok && new Uint8Array(kept.value as ArrayBuffer)).toEqual(Uint8Array.of(3));
    const taskRun = await rig.taskRun(id, 'extract-0');
    expect(taskRun.attempts[1]?.resumesAt).toBe(0.3);
    expect(taskRun.checkpoints.map(({ progress }) => progress)).toEqual([0.1, 0.2, 0.3]);
    expect(await rig.store.checkpointsOf(taskRun.id)).toHaveLength(2);
    expect((await rig.said(id)).join()).toContain('may resume from the checkpoint at 30 %');
  });
});
