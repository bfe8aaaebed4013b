import { describe, expect, it } from 'vitest';
import type { Fault } from '#domain/faults.ts';
import { statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { failingTask, openTask } from '#tests/support/one-task-flow.ts';

describe('a fault', () => {
  const fault = (effect: Fault['effect'], attempts: readonly number[] = [1]): Fault => ({
    task: 'extract',
    attempts,
    effect,
  });

  it('crash loses the worker at the start', async () => {
    const { rig, script } = await openTask();
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
    const { rig, script } = await openTask();
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
    const { rig, script } = await openTask();
    const id = await rig.start({ faults: [fault({ kind: 'crash', at: 0.4 })] });
    script.attempt('extract-0', 1).returns(1);
    await rig.finish(id);
    expect((await rig.said(id)).join('\n')).toContain(
      "The fault crash@0.4 did not strike: 'extract-0' reported no progress of 0.4",
    );
  });

  it('is only told to the attempts that it strikes', async () => {
    const { rig, script } = await failingTask({ retries: 2 }, [1, 2]);
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
    const { rig, script } = await openTask({ retries: 1 });
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
