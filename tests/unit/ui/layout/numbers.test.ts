import { describe, expect, it } from 'vitest';
import { bytes, count, countdown, duration, relativeTime } from '#ui/layout/numbers.ts';

describe('duration', () => {
  it.each([
    [0, '0.00 s'],
    [3, 'under 0.01 s'],
    [260, '0.26 s'],
    [994, '0.99 s'],
    [996, '1.0 s'],
    [11_212, '11.2 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [65_000, '1 min 5 s'],
    [1_092_000, '18 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [3_599_900, '1 h'],
    [273_600_000, '3 d 4 h'],
  ])('says %i ms as %s', (ms, told) => expect(duration(ms)).toBe(told));
});

describe('countdown', () => {
  it.each([
    [4000, '4.0 s'],
    [3901, '4.0 s'],
    [1, '0.1 s'],
    [0, '0.0 s'],
    [-50, '0.0 s'],
    [65_000, '1 min 05 s'],
    [7_500_000, '2 h 5 min'],
  ])('says %i ms left as %s, never less than is left', (ms, told) =>
    expect(countdown(ms)).toBe(told),
  );
});

describe('relative time', () => {
  const now = 1_000_000_000;

  it.each([
    [0, 'just now'],
    [-20_000, '20 s ago'],
    [-190_000, '3 min ago'],
    [25_920_000, 'in 7 h 12 min'],
    [-3 * 86_400_000, '3 d ago'],
  ])('says %i ms away as %s', (away, told) => expect(relativeTime(now + away, now)).toBe(told));
});

describe('amounts', () => {
  it('groups thousands the same way on every machine', () => expect(count(2880)).toBe('2,880'));
  it('says bytes in powers of ten', () =>
    expect([512, 1200, 9_812_000, 10_737_418_240].map(bytes)).toEqual([
      '512 B',
      '1 KB',
      '9.8 MB',
      '10.7 GB',
    ]));
});
