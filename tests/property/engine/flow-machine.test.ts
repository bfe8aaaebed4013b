import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, scheduled } from '#domain/states.ts';
import type { FlowInput } from '#engine/flow-machine.ts';
import { flowRun, SOME_TIME } from '#tests/support/builders.ts';
import { FlowMachineRun } from '#tests/support/machine-runs.ts';

const inputs = fc.array(
  fc.constantFrom<FlowInput>(
    { kind: 'begun' },
    { kind: 'begun' },
    { kind: 'lost', cause: 'worker terminated', answered: 0 },
    { kind: 'lost', cause: 'worker terminated', answered: 1 },
    { kind: 'lost', cause: 'engine stopped or tab closed', answered: 0 },
    { kind: 'returned' },
    { kind: 'paused', call: 0, question: { timeoutSeconds: 0.002, suspend: false } },
    { kind: 'paused', call: 0, question: { key: 'k', timeoutSeconds: 60, suspend: true } },
    { kind: 'resumed', answer: { n: 1 } },
    { kind: 'pause due' },
    { kind: 'refused', problems: ['x: a value is needed'] },
    { kind: 'caller ended', flowRunName: 'splendid-otter' },
    { kind: 'cancel asked', reason: 'asked' },
    { kind: 'cancelled', reason: 'asked' },
    { kind: 'threw', failure: { kind: 'timeout', seconds: 1, subject: 'Flow' } },
    { kind: 'threw', failure: { kind: 'exception', name: 'Error', message: 'x' } },
  ),
  { maxLength: 12 },
);

function check(holds: (run: FlowMachineRun) => void): void {
  const property = fc.property(inputs, (inputs) => {
    const run = new FlowMachineRun();
    inputs.forEach((input, i) => run.give(input, SOME_TIME + i));
    holds(run);
  });
  fc.assert(property, { numRuns: 500 });
}

const END = ['Completed', 'Failed', 'TimedOut', 'Crashed', 'Cancelled'];
const NEXT: Readonly<Record<string, readonly string[]>> = {
  Pending: ['Running', 'Recovering', 'Cancelling', ...END],
  Running: ['Recovering', 'Paused', 'Suspended', 'Cancelling', ...END],
  Recovering: ['Recovering', 'Paused', 'Suspended', 'Cancelling', ...END],
  Paused: ['Running', 'Cancelling', ...END],
  Suspended: ['Running', 'Cancelling', ...END],
  Cancelling: ['Cancelled'],
};

describe('a flow run, whatever happens to it', () => {
  it('never leaves a terminal state', () => {
    check(({ history }) => {
      const end = history.findIndex(({ state }) => isTerminal(state));
      if (end >= 0) for (const later of history.slice(end)) expect(later).toBe(history[end]);
    });
  });

  it('is active exactly until it has ended', () => {
    check(({ history }) => {
      for (const { active, state, endedAt } of history) {
        expect(active).toBe(isTerminal(state) ? 0 : 1);
        expect(endedAt !== undefined).toBe(isTerminal(state));
      }
    });
  });

  it('is taken up again at most as often as its policy says', () => {
    check(({ record }) => {
      expect(record.recoveriesUsed).toBeLessThanOrEqual(record.policy.recoveries);
      if (record.state.type === 'CRASHED')
        expect(record.recoveriesUsed).toBe(record.policy.recoveries);
    });
  });

  it('has a question open exactly while it is paused, and numbers them', () => {
    check(({ history }) => {
      for (const { pause, state, endedPauses = [] } of history) {
        expect(pause !== undefined).toBe(state.type === 'PAUSED');
        if (pause) expect(pause.number).toBe(endedPauses.length + 1);
      }
    });
  });

  it('goes only where Prefect lets it go', () => {
    check(({ view }) => {
      view.states.slice(1).forEach(({ name }, i) => {
        const before = view.states[i]?.name ?? '';
        expect(NEXT[before] ?? [], `${before} > ${name}`).toContain(name);
      });
    });
  });

  it('is what its events say it is', () => {
    check(({ record, view }) => {
      const { at: _, reason: __, ...state } = view.state;
      expect(state).toEqual(record.state);
      expect(view.startedAt).toBe(record.startedAt);
      expect(view.endedAt).toBe(record.endedAt);
      expect(view.failure).toEqual(record.failure);
      expect(view.pause).toEqual(record.pause);
    });
  });
});

const startInputs = fc.array(
  fc.tuple(
    fc.constantFrom<FlowInput>(
      { kind: 'start due' },
      { kind: 'start due' },
      { kind: 'late' },
      { kind: 'no slot', waits: [] },
      { kind: 'begun' },
      { kind: 'lost', cause: 'engine stopped or tab closed', answered: 0 },
      { kind: 'retry due' },
      { kind: 'cancel asked', reason: 'asked' },
      { kind: 'returned' },
    ),
    fc.constantFrom(0, 1000, 10_000, 20_000, 60_000),
  ),
  { maxLength: 15 },
);

const NEXT_OF_SCHEDULED: typeof NEXT = {
  ...NEXT,
  Scheduled: ['Late', 'AwaitingConcurrencySlot', 'Pending', 'Cancelled'],
  Late: ['AwaitingConcurrencySlot', 'Pending', 'Cancelled'],
  AwaitingConcurrencySlot: ['Late', 'AwaitingConcurrencySlot', 'Pending', 'Cancelled'],
};

describe('a flow run that is to start later, whatever happens to it', () => {
  const startsAt = SOME_TIME + 30_000;
  const created = flowRun({ state: scheduled(), scheduledFor: startsAt, startsAt });
  const checkStart = (holds: (run: FlowMachineRun) => void) =>
    fc.assert(
      fc.property(startInputs, (inputs) => {
        const run = new FlowMachineRun(created);
        let at = SOME_TIME;
        for (const [input, later] of inputs) run.give(input, (at += later));
        holds(run);
      }),
      { numRuns: 500 },
    );

  it('goes from Scheduled only where Prefect lets it go, and not before its time', () => {
    checkStart(({ view }) => {
      view.states.slice(1).forEach(({ name, at }, i) => {
        const before = view.states[i]?.name ?? '';
        expect(NEXT_OF_SCHEDULED[before] ?? [], `${before} > ${name}`).toContain(name);
        if (name !== 'Cancelled') expect(at).toBeGreaterThanOrEqual(startsAt);
      });
    });
  });

  it('has a time to start exactly until it leaves Scheduled, and keeps the one it was meant for', () => {
    checkStart(({ history }) => {
      for (const { state, startsAt: next, scheduledFor } of history) {
        expect(next !== undefined).toBe(state.type === 'SCHEDULED');
        expect(scheduledFor).toBe(startsAt);
      }
    });
  });

  it('waits 30 s for a slot, and is called Late only more than 15 s past its time', () => {
    checkStart(({ view, history }) => {
      const dues = history.filter((one, i) => one !== history[i - 1]);
      view.states.forEach(({ name, at }, i) => {
        const due = dues[i]?.startsAt ?? NaN;
        if (name === 'AwaitingConcurrencySlot') expect(due).toBe(at + 30_000);
        if (name === 'Late') expect(at - due).toBeGreaterThan(15_000);
      });
    });
  });

  it('uses no recovery while its time has not come', () => {
    checkStart(({ history }) => {
      for (const { startsAt, state, recoveriesUsed } of history)
        if (startsAt !== undefined && state.type === 'SCHEDULED') expect(recoveriesUsed).toBe(0);
    });
  });
});
