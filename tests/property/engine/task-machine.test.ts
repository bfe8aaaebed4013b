import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskPolicy } from '#domain/policies.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { nextRetry } from '#domain/retry.ts';
import { completed, isTerminal } from '#domain/states.ts';
import type { TaskInput } from '#engine/task-machine.ts';
import { FLOW_RUN, hash, taskPolicy } from '#tests/support/builders.ts';
import { MachineRun } from '#tests/support/machine-runs.ts';

const seconds = fc.constantFrom(0, 0, 0.25, 1, 2, 30);
const policies: fc.Arbitrary<TaskPolicy> = fc
  .record({
    retries: fc.nat({ max: 4 }),
    retryDelaysSeconds: fc.array(seconds, { minLength: 1, maxLength: 4 }),
    recoveries: fc.nat({ max: 3 }),
  })
  .map(taskPolicy);

const ends: fc.Arbitrary<TaskInput> = fc.oneof(
  fc.constant<TaskInput>({
    kind: 'succeeded',
    result: { hash: hash(1), bytes: 1, label: '1' },
  }),
  fc.constantFrom('Promoted', 'Rejected').map((stateName): TaskInput => ({
    kind: 'succeeded',
    result: { hash: hash(2), bytes: 1, label: '2' },
    stateName,
  })),
  fc.string({ maxLength: 5 }).map((message): TaskInput => ({
    kind: 'failed',
    failure: { kind: 'exception', name: 'Error', message },
  })),
  fc.constant<TaskInput>({
    kind: 'failed',
    failure: { kind: 'timeout', seconds: 1, subject: 'Task' },
  }),
  fc.constant<TaskInput>({ kind: 'lost', cause: 'worker terminated' }),
  fc.constant<TaskInput>({ kind: 'lost', cause: 'engine stopped or tab closed', injected: true }),
  fc.constant<TaskInput>({ kind: 'cancelled', reason: 'asked' }),
);

const reused = (name: string): TaskInput => ({
  kind: 'reused',
  state: completed(name),
  result: { hash: hash(3), bytes: 1, label: '3' },
  from: { flowRunId: FLOW_RUN, flowRunName: 'splendid-otter', taskRun: 'train-0' },
});

/** Anything at any time; starts and due times are common, or little would ever happen. */
const inputs: fc.Arbitrary<TaskInput> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<TaskInput>({ kind: 'attempt started' }) },
  { weight: 1, arbitrary: fc.constant<TaskInput>({ kind: 'attempt started', resumesAt: 0.4 }) },
  { weight: 3, arbitrary: fc.constant<TaskInput>({ kind: 'retry due' }) },
  { weight: 1, arbitrary: fc.constantFrom<TaskInput>({ kind: 'held' }, { kind: 'released' }) },
  {
    weight: 1,
    arbitrary: fc.constant<TaskInput>({
      kind: 'no slot',
      waits: [{ limit: 'tag:t', slots: 1, held: 1, holders: [], before: 0 }],
    }),
  },
  { weight: 5, arbitrary: ends },
  { weight: 1, arbitrary: fc.constantFrom('Completed', 'Promoted').map(reused) },
);
const steps = fc.array(fc.tuple(inputs, fc.constantFrom(0, 1, 250, 1000, 60_000)), {
  maxLength: 40,
});

/** What Prefect allows, by name; every terminal state ends it. A result that is reused is as one of the cache. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  Pending: ['AwaitingConcurrencySlot', 'Running', 'NotReady', 'Cancelled', 'Completed', 'Promoted'],
  AwaitingConcurrencySlot: [
    'Running',
    'Retrying',
    'NotReady',
    'Cancelled',
    'Completed',
    'Promoted',
  ],
  AwaitingRetry: ['AwaitingConcurrencySlot', 'Retrying', 'NotReady', 'Cancelled'],
  NotReady: ['Pending', 'AwaitingConcurrencySlot', 'Retrying', 'Recovering', 'Cancelled'],
  ...Object.fromEntries(
    ['Running', 'Retrying', 'Recovering'].map((name) => [
      name,
      [
        'Retrying',
        'AwaitingRetry',
        'Recovering',
        'NotReady',
        'Completed',
        'Promoted',
        'Rejected',
        'Failed',
        'TimedOut',
        'Crashed',
        'Cancelled',
      ],
    ]),
  ),
};

function check(holds: (run: MachineRun) => void): void {
  const property = fc.property(policies, steps, (policy, steps) => {
    const run = new MachineRun(policy);
    for (const [input, later] of steps) run.give(input, run.now + later);
    holds(run);
  });
  fc.assert(property, { numRuns: 500 });
}

const attemptsOf = (record: TaskRunRecord, type: string) =>
  record.attempts.filter(({ state }) => state.type === type);

describe('a task run, whatever happens to it', () => {
  it('never leaves a terminal state', () => {
    check(({ history }) => {
      const end = history.findIndex(({ state }) => isTerminal(state));
      if (end >= 0) for (const later of history.slice(end)) expect(later).toBe(history[end]);
    });
  });

  it('numbers its attempts from 1 without gaps, and only the last may be open', () => {
    check(({ history }) => {
      for (const { attempts, state } of history) {
        expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, i) => i + 1));
        const open = attempts.filter(({ endedAt }) => endedAt === undefined);
        expect(open).toEqual(open.length === 0 ? [] : [attempts.at(-1)]);
        if (isTerminal(state) || ['SCHEDULED', 'PAUSED'].includes(state.type))
          expect(open).toEqual([]);
      }
    });
  });

  it('fails at most once more than it has retries', () => {
    check(({ record }) => {
      const failures = attemptsOf(record, 'FAILED').length;
      expect(failures).toBeLessThanOrEqual(record.policy.retries + 1);
      expect(record.retriesUsed).toBe(Math.min(failures, record.policy.retries));
      if (record.state.type === 'FAILED') expect(failures).toBe(record.policy.retries + 1);
    });
  });

  it('uses no retry for a lost attempt, and ends Crashed when its recoveries are used', () => {
    check(({ record }) => {
      const lost = attemptsOf(record, 'CRASHED').length;
      const { recoveries } = record.policy;
      expect(lost).toBeLessThanOrEqual(recoveries + 1);
      expect(record.recoveriesUsed).toBe(Math.min(lost, recoveries));
      expect(record.state.type === 'CRASHED').toBe(lost === recoveries + 1);
    });
  });

  it('waits exactly as long as its policy says', () => {
    check(({ record, history, view }) => {
      const due = Array.from(
        { length: record.retriesUsed },
        (_, used) => nextRetry(record.policy, used)?.delayMs ?? 0,
      ).filter((delayMs) => delayMs > 0);
      expect(view.waits.map(({ from, until }) => until - from)).toEqual(due);
      for (const { state, nextAttemptAt } of history)
        expect(nextAttemptAt !== undefined).toBe(state.name === 'AwaitingRetry');
    });
  });

  it('starts no attempt while it waits', () => {
    check(({ view }) => {
      for (const wait of view.waits)
        for (const { startedAt, number } of view.attempts)
          if (number > wait.afterAttempt) expect(startedAt).toBeGreaterThanOrEqual(wait.until);
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
      expect(view.endedAt).toBe(record.endedAt);
      expect(view.failure).toEqual(record.failure);
      expect(view.result).toEqual(record.result);
      expect(view.attempts).toHaveLength(record.attempts.length);
      view.attempts.forEach((attempt, i) => {
        const { retry: _, ...kept } = record.attempts[i]!;
        expect(attempt).toEqual({ ...kept, state: { ...kept.state, at: attempt.state.at } });
      });
      const open = view.waits.filter(({ endedAt }) => endedAt === undefined);
      expect(open.map(({ until }) => until)).toEqual(
        record.nextAttemptAt === undefined ? [] : [record.nextAttemptAt],
      );
    });
  });

  it('ends when it is driven as the engine drives it', () => {
    fc.assert(
      fc.property(policies, fc.array(ends, { minLength: 12, maxLength: 12 }), (policy, ends) => {
        const run = new MachineRun(policy);
        run.drive(ends);
        expect(isTerminal(run.record.state)).toBe(true);
        expect(run.record.attempts.length).toBeLessThanOrEqual(
          policy.retries + policy.recoveries + 1,
        );
      }),
    );
  });
});
