import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import type { Failure } from '#domain/failures.ts';
import type { TaskInput } from '#engine/task-machine.ts';
import { hash, SOME_TIME, taskPolicy } from '#tests/support/builders.ts';
import { MachineRun } from '#tests/support/machine-runs.ts';

const RESULT = { hash: hash(1), bytes: 3, label: 'True' };
const returns: TaskInput = { kind: 'succeeded', result: RESULT };
const valueError: Failure = { kind: 'exception', name: 'ValueError', message: 'x' };
const raises: TaskInput = { kind: 'failed', failure: valueError };
const timesOut: TaskInput = {
  kind: 'failed',
  failure: { kind: 'timeout', seconds: 0.1, subject: 'Task' },
};
const isLost: TaskInput = { kind: 'lost', cause: 'worker terminated' };
const again = (input: TaskInput, times: number) => Array.from({ length: times }, () => input);

function driven(ends: readonly TaskInput[], policy: Parameters<typeof taskPolicy>[0] = {}) {
  const run = new MachineRun(taskPolicy({ retries: 0, retryDelaysSeconds: [0], ...policy }));
  run.drive(ends);
  return run;
}
const waits = (run: MachineRun) => run.view.waits.map(({ from, until }) => (until - from) / 1000);

describe('the states of a task run', () => {
  it('C01 happy path', () => {
    const run = driven([returns]);
    expect(run.states).toBe('Pending > Running > Completed');
    expect(run.record).toMatchObject({ result: RESULT, retriesUsed: 0 });
  });

  it('C02 immediate retries', () => {
    const run = driven(again(raises, 4), { retries: 3 });
    expect(run.states).toBe('Pending > Running > Retrying > Retrying > Retrying > Failed');
    expect(run.record.attempts).toHaveLength(4);
    expect(waits(run)).toEqual([]);
  });

  it('C03 success on the last attempt', () => {
    const run = driven([...again(raises, 3), returns], { retries: 3 });
    expect(run.states).toBe('Pending > Running > Retrying > Retrying > Retrying > Completed');
  });

  it('C04 stop when it works', () => {
    const run = driven([raises, returns], { retries: 3 });
    expect(run.states).toBe('Pending > Running > Retrying > Completed');
    expect(run.record.attempts).toHaveLength(2);
  });

  it('C05 delayed retries', () => {
    const run = driven(again(raises, 4), { retries: 3, retryDelaysSeconds: [1] });
    expect(run.states).toBe(
      'Pending > Running > AwaitingRetry > Retrying > AwaitingRetry > Retrying > AwaitingRetry > Retrying > Failed',
    );
    expect(waits(run)).toEqual([1, 1, 1]);
  });

  it('C06 delay lists repeat their last element', () => {
    const list = (retryDelaysSeconds: readonly number[]) =>
      waits(driven(again(raises, 4), { retries: 3, retryDelaysSeconds }));
    expect(list([1, 2])).toEqual([1, 2, 2]);
    expect(list([1, 2, 3])).toEqual([1, 2, 3]);
    expect(list([0, 2])).toEqual([2, 2]);
  });

  it('C11 run time accounting: each attempt has its time, waiting is outside of it', () => {
    const run = driven([raises, returns], { retries: 1, retryDelaysSeconds: [5] });
    expect(
      run.told.flatMap(({ body }) => (body.kind === 'attempt.ended' ? body.durationMs : [])),
    ).toEqual([100, 100]);
    const { attempts, endedAt } = run.view;
    expect(attempts[0]?.startedAt).toBe(SOME_TIME);
    expect(endedAt).toBe(SOME_TIME + 5200);
    const before = run.history.slice(0, -1).map((record) => record.endedAt);
    expect(new Set(before)).toEqual(new Set([undefined]));
  });

  it('C14 timeouts are failures named TimedOut, and use retries like any', () => {
    const run = driven(again(timesOut, 2), { retries: 1 });
    expect(run.states).toBe('Pending > Running > Retrying > TimedOut');
    expect(run.record.state).toEqual({
      type: 'FAILED',
      name: 'TimedOut',
      message: 'Task run exceeded timeout of 0.1 second(s)',
    });
  });

  it('C15 lost attempts end Crashed and use no retry', () => {
    const run = driven([isLost, raises, isLost, returns], { retries: 1 });
    expect(run.states).toBe('Pending > Running > Recovering > Retrying > Recovering > Completed');
    expect(run.record.attempts.map(({ state }) => state.name)).toEqual([
      'Crashed',
      'Failed',
      'Crashed',
      'Completed',
    ]);
    expect(run.record).toMatchObject({ retriesUsed: 1, recoveriesUsed: 2 });
  });

  it('C15 a task run whose recoveries are used ends Crashed, whatever retries are left', () => {
    const run = driven(again(isLost, 4), { retries: 5 });
    expect(run.states).toBe('Pending > Running > Recovering > Recovering > Recovering > Crashed');
    expect(run.record.state.message).toBe(
      'The attempt was lost: worker terminated; 3 recoveries are used',
    );
    expect(driven([isLost], { recoveries: 0 }).states).toBe('Pending > Running > Crashed');
  });

  it('C42 terminal protection: nothing changes a run that has ended', () => {
    const run = driven([returns]);
    const ended = run.record;
    const said = run.told.length;
    for (const input of [raises, isLost, returns, { kind: 'cancelled', reason: 'x' } as const])
      run.give(input);
    expect(run.record).toBe(ended);
    expect(run.told).toHaveLength(said);
  });

  it('a verdict names the state, whose type stays COMPLETED', () => {
    const run = driven([{ ...returns, stateName: 'Rejected' }]);
    expect(run.record.state).toEqual({ type: 'COMPLETED', name: 'Rejected' });
    expect(run.record.attempts[0]?.state.name).toBe('Completed');
  });
});

describe('a cancelled task run', () => {
  const cancelled: TaskInput = { kind: 'cancelled', reason: 'the person asked for it' };

  it('ends with its attempt when one is on', () => {
    const run = driven([cancelled], { retries: 3 });
    expect(run.states).toBe('Pending > Running > Cancelled');
    expect(run.record.attempts[0]).toMatchObject({
      endedAt: run.now,
      state: { name: 'Cancelled' },
    });
  });

  it('ends while it waits, and waits no longer', () => {
    const run = new MachineRun(taskPolicy({ retries: 1, retryDelaysSeconds: [60] }));
    run.give({ kind: 'attempt started' });
    run.give(raises);
    run.give(cancelled, run.now + 10);
    expect(run.states).toBe('Pending > Running > AwaitingRetry > Cancelled');
    expect(run.record.nextAttemptAt).toBeUndefined();
    expect(run.view.waits).toMatchObject([{ endedAt: run.now }]);
  });

  it('ends before it has begun', () => {
    const run = new MachineRun(taskPolicy());
    run.give(cancelled);
    expect(run.states).toBe('Pending > Cancelled');
    expect(run.record.attempts).toEqual([]);
  });
});

describe('a task run whose flow run is paused', () => {
  const held: TaskInput = { kind: 'held' };
  const released: TaskInput = { kind: 'released' };

  function after(...inputs: readonly TaskInput[]): MachineRun {
    const run = new MachineRun(taskPolicy({ retries: 2, retryDelaysSeconds: [5] }));
    for (const input of inputs) run.give(input, run.now + 5000);
    return run;
  }
  const started: TaskInput = { kind: 'attempt started' };

  it('is held before its first attempt, its retry, and its recovery, and goes on where it was', () => {
    expect(after(held, released, started).states).toBe('Pending > NotReady > Pending > Running');
    expect(after(started, raises, held, released, started).states).toBe(
      'Pending > Running > AwaitingRetry > NotReady > Retrying',
    );
    expect(after(started, isLost, held, released, started).states).toBe(
      'Pending > Running > Recovering > NotReady > Recovering',
    );
    expect(after(held).record.state).toEqual({ type: 'PAUSED', name: 'NotReady' });
  });

  it('starts no attempt until it is released, and can be cancelled', () => {
    expect(after(held, started, { kind: 'retry due' }, held).states).toBe('Pending > NotReady');
    expect(after(held, { kind: 'cancelled', reason: 'x' }).states).toBe(
      'Pending > NotReady > Cancelled',
    );
  });

  it('is not held while an attempt is on, or before its retry is due', () => {
    expect(after(started, held, returns).states).toBe('Pending > Running > Completed');
    const waiting = new MachineRun(taskPolicy({ retries: 1, retryDelaysSeconds: [60] }));
    for (const input of [started, raises, held, released]) waiting.give(input);
    expect(waiting.states).toBe('Pending > Running > AwaitingRetry');
  });
});

describe('what makes no sense', () => {
  const untouched = (prepare: readonly TaskInput[], input: TaskInput) => {
    const run = new MachineRun(taskPolicy({ retries: 2, retryDelaysSeconds: [5] }));
    for (const one of prepare) run.give(one);
    const before = run.record;
    run.give(input);
    return run.record === before;
  };
  const started: TaskInput = { kind: 'attempt started' };

  it('an attempt does not end before it has started', () => {
    for (const input of [returns, raises, isLost]) expect(untouched([], input)).toBe(true);
    expect(untouched([started, raises], returns)).toBe(true);
    expect(untouched([started, raises], raises)).toBe(true);
    expect(untouched([started, raises], isLost)).toBe(true);
  });

  it('a second attempt does not start beside the first', () => {
    expect(untouched([started], started)).toBe(true);
  });

  it('C44 no attempt starts before it is due', () => {
    expect(untouched([started, raises], started)).toBe(true);
    expect(untouched([started, raises], { kind: 'retry due' })).toBe(true);
    expect(untouched([], { kind: 'retry due' })).toBe(true);
  });
});

describe('the reasons', () => {
  it('tell why each state was entered', () => {
    const run = driven([raises, isLost, raises], { retries: 1, retryDelaysSeconds: [2] });
    expect(run.view.states.map(({ reason }) => describeReason(reason))).toEqual([
      'the flow called extract',
      'a worker is there',
      'attempt 1 failed: ValueError: x; retry 1 of 1 in 2 s',
      'the delay is over',
      'worker terminated: started again without using a retry (recovery 1 of 3)',
      'all 1 retries are used',
    ]);
    expect(driven([raises]).view.state.reason).toEqual({ kind: 'no retries' });
    expect(driven([returns]).view.state.reason).toEqual({ kind: 'attempt returned', attempt: 1 });
  });
});
