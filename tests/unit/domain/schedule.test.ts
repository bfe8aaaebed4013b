import { describe, expect, it } from 'vitest';
import { arrivalDay } from '#domain/schedule.ts';

const at = (text: string): number => Date.parse(text);

describe('the arrival day', () => {
  it('is 30 on the day of the first visit', () => {
    const first = at('2026-11-02T08:00Z');
    expect(arrivalDay(first, first, 0)).toBe(30);
    expect(arrivalDay(first, at('2026-11-02T23:59Z'), 0)).toBe(30);
  });

  it('grows by one at each midnight of the reader', () => {
    const first = at('2026-11-02T23:30Z');
    expect(arrivalDay(first, at('2026-11-03T00:10Z'), 0)).toBe(31);
    // In Berlin both instants are on the same day, in New York too.
    expect(arrivalDay(first, at('2026-11-03T00:10Z'), 60)).toBe(30);
    expect(arrivalDay(first, at('2026-11-03T00:10Z'), -300)).toBe(30);
    expect(arrivalDay(first, at('2026-11-03T05:10Z'), -300)).toBe(31);
  });

  it('ends at 60', () => {
    const first = at('2026-01-01T12:00Z');
    expect(arrivalDay(first, at('2026-01-31T12:00Z'), 0)).toBe(60);
    expect(arrivalDay(first, at('2026-12-31T12:00Z'), 0)).toBe(60);
  });

  it('does not go back when the clock does', () => {
    expect(arrivalDay(at('2026-11-02T12:00Z'), at('2026-10-01T12:00Z'), 0)).toBe(30);
  });
});
