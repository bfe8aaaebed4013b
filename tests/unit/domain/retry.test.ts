import { describe, expect, it } from 'vitest';
import { describeRetryRule, jitterBounds, nextRetry } from '#domain/retry.ts';
import { taskPolicy } from '#tests/support/builders.ts';

const delays = (retryDelaysSeconds: readonly number[], retries: number) => {
  const policy = taskPolicy({ retries, retryDelaysSeconds });
  return Array.from({ length: retries }, (_, used) => nextRetry(policy, used)?.delayMs);
};

describe('the delay of a retry', () => {
  it('C05 is the same each time when one is given', () => {
    expect(delays([1], 3)).toEqual([1000, 1000, 1000]);
  });

  it('C06 is taken from the list, whose last element repeats', () => {
    expect(delays([1, 2], 3)).toEqual([1000, 2000, 2000]);
    expect(delays([1, 2, 3], 3)).toEqual([1000, 2000, 3000]);
    expect(delays([1, 2, 3], 2)).toEqual([1000, 2000]);
  });

  it('is a whole number of milliseconds', () => {
    expect(delays([0.1, 1.005, 0.0004], 3)).toEqual([100, 1005, 0]);
  });

  it('is none when the retries are used', () => {
    expect(nextRetry(taskPolicy({ retries: 0 }), 0)).toBeUndefined();
    expect(nextRetry(taskPolicy({ retries: 2 }), 2)).toBeUndefined();
  });

  it('comes with the arithmetic, for people', () => {
    const policy = taskPolicy({ retries: 3, retryDelaysSeconds: [1, 2] });
    const third = nextRetry(policy, 2);
    expect(third).toEqual({ retry: 3, retries: 3, delayMs: 2000, rule: 'list', position: 2 });
    expect(third && describeRetryRule(third)).toBe('2 s (no. 2 of the list), no jitter');
    const fixed = nextRetry(taskPolicy({ retries: 1, retryDelaysSeconds: [5] }), 0);
    expect(fixed && describeRetryRule(fixed)).toBe('5 s (fixed delay), no jitter');
  });

  it('C12 is drawn around its mean with jitter, between the bounds of the server rule', () => {
    const bounds = (factor: number) =>
      jitterBounds(factor).map((bound) => Number(bound.toFixed(3)));
    expect(bounds(0.3)).toEqual([0.752, 1.3]);
    expect(bounds(0.5)).toEqual([0.629, 1.5]);
    expect(bounds(1)).toEqual([0.415, 2]);
    expect(bounds(3)).toEqual([0.093, 4]);
    const policy = taskPolicy({ retries: 1, retryDelaysSeconds: [10], retryJitterFactor: 0.5 });
    const delay = (draw: number) => nextRetry(policy, 0, draw)?.delayMs ?? 0;
    expect(delay(0)).toBe(6294);
    expect(delay(1)).toBe(15_000);
    expect(describeRetryRule(nextRetry(policy, 0, 1) ?? never())).toBe(
      '15 s (10 s, fixed delay, jitter 0.5)',
    );
  });

  it('C12 is nothing with jitter when it is nothing without', () => {
    const policy = taskPolicy({ retries: 1, retryDelaysSeconds: [0], retryJitterFactor: 1 });
    expect(nextRetry(policy, 0, 0.9)).toMatchObject({ delayMs: 0 });
  });
});

function never(): never {
  throw new Error('There is no retry.');
}
