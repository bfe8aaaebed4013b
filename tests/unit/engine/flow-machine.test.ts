import { describe, expect, it } from 'vitest';
import type { FlowInput } from '#engine/flow-machine.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { FlowMachineRun } from '#tests/support/machine-runs.ts';

const begun: FlowInput = { kind: 'begun' };
const returned: FlowInput = { kind: 'returned' };
const lost = { kind: 'lost', cause: 'engine stopped or tab closed', answered: 0 } as const;
const asked: FlowInput = { kind: 'cancel asked', reason: 'the person asked for it' };
const threw: FlowInput = {
  kind: 'threw',
  failure: { kind: 'exception', name: 'ValueError', message: 'Test' },
};

function after(...inputs: readonly FlowInput[]): FlowMachineRun {
  const run = new FlowMachineRun();
  inputs.forEach((input, i) => run.give(input, SOME_TIME + i));
  return run;
}
const states = (run: FlowMachineRun) => run.view.states.map(({ name }) => name).join(' > ');

describe('the states of a flow run', () => {
  it('end Completed when the function returns, whatever its tasks did', () => {
    const run = after(begun, returned);
    expect(states(run)).toBe('Pending > Running > Completed');
    expect(run.record).toMatchObject({ active: 0, startedAt: SOME_TIME, endedAt: SOME_TIME + 1 });
  });

  it('C26 end Failed when an exception is not caught', () => {
    const run = after(begun, threw);
    expect(run.record.state).toEqual({
      type: 'FAILED',
      name: 'Failed',
      message: 'Flow run encountered an exception: ValueError: Test',
    });
    expect(run.record.failure).toMatchObject({ name: 'ValueError' });
  });

  it('end TimedOut when the flow took too long, but not when a task of it did', () => {
    const timeout = (subject: 'Flow' | 'Task'): FlowInput => ({
      kind: 'threw',
      failure: { kind: 'timeout', seconds: 3, subject },
    });
    expect(after(begun, timeout('Flow')).record.state).toEqual({
      type: 'FAILED',
      name: 'TimedOut',
      message: 'Flow run exceeded timeout of 3 second(s)',
    });
    expect(after(begun, timeout('Task')).record.state).toEqual({
      type: 'FAILED',
      name: 'Failed',
      message: 'Flow run encountered an exception: Task run exceeded timeout of 3 second(s)',
    });
  });

  it('end Crashed when the recovery dies three times', () => {
    const run = after(begun, lost, lost, lost, lost);
    expect(states(run)).toBe('Pending > Running > Recovering > Recovering > Recovering > Crashed');
    expect(run.record.active).toBe(0);
  });

  it('end Crashed when the body hangs a second time: it would for ever', () => {
    const hung: FlowInput = { kind: 'lost', cause: 'worker unresponsive', answered: 0 };
    const run = after(begun, hung, hung);
    expect(states(run)).toBe('Pending > Running > Recovering > Crashed');
    expect(run.view.state.message).toContain('worker unresponsive; 1 recoveries are used');
  });

  it('are counted from the last time that it got further', () => {
    const further = (answered: number): FlowInput => ({ ...lost, answered });
    const run = after(begun, lost, lost, lost, further(1), further(1), further(1));
    expect(run.record).toMatchObject({ recoveriesUsed: 3, answeredWhenLost: 1 });
    run.give(further(1), SOME_TIME + 20);
    expect(run.record.state.name).toBe('Crashed');
  });

  it('end Crashed when the body hangs a second time, whatever ends beside it meanwhile', () => {
    const hung = (answered: number): FlowInput => ({
      kind: 'lost',
      cause: 'worker unresponsive',
      answered,
    });
    expect(states(after(begun, hung(0), hung(2)))).toBe('Pending > Running > Recovering > Crashed');
  });

  it('have a start that no recovery moves', () => {
    expect(after(begun, lost, lost).record.startedAt).toBe(SOME_TIME);
  });

  it('of a run that was lost before it began: it begins like any other', () => {
    const run = after(lost, lost, begun, returned);
    expect(states(run)).toBe('Pending > Running > Completed');
    expect(run.record).toMatchObject({ startedAt: SOME_TIME + 2, recoveriesUsed: 2 });
  });

  it('end Crashed when it was lost before it began, four times', () => {
    expect(states(after(lost, lost, lost, lost))).toBe('Pending > Crashed');
  });
});

describe('a cancel', () => {
  it('is Cancelling until everything has ended', () => {
    const run = after(begun, asked, { kind: 'cancelled', reason: 'the person asked for it' });
    expect(states(run)).toBe('Pending > Running > Cancelling > Cancelled');
    expect(run.record.state.message).toBe('the person asked for it');
  });

  it('C45 leads to Cancelled and nowhere else', () => {
    for (const input of [returned, threw, lost]) {
      const run = after(begun, asked, input);
      expect(states(run), input.kind).toBe('Pending > Running > Cancelling > Cancelled');
      expect(run.record.state.message, input.kind).toBe('the person asked for it');
    }
    expect(states(after(asked, begun))).toBe('Pending > Cancelling');
  });

  it('is said once, however often it is asked for', () => {
    expect(states(after(begun, asked, asked))).toBe('Pending > Running > Cancelling');
  });
});
