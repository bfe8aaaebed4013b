import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueTicks } from '#engine/cron.ts';
import { WallClock } from '#engine/wall-clock.ts';

const ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata'];
const YEAR = Date.UTC(2026, 0, 1);
const zones = fc.constantFrom(...ZONES);
const instants = fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minute) => YEAR + minute * 60_000);
const crons = fc.constantFrom(
  '*/15 * * * *',
  '0 * * * *',
  '30 2 * * *',
  '15,45 1-3 * * *',
  '0 9 * * 1-5',
  '0 0 L * *',
);

describe('due ticks, in any zone at any time of the year', () => {
  it('ascend without repeating, after the start', () => {
    fc.assert(
      fc.property(crons, zones, instants, (cron, zone, from) => {
        const ticks = dueTicks(cron, zone, from, Infinity, 20);
        expect(ticks).toHaveLength(20);
        [from, ...ticks].reduce((before, tick) => {
          expect(tick).toBeGreaterThan(before);
          return tick;
        });
      }),
    );
  });

  it('are the same whether they are asked for at once or one by one', () => {
    fc.assert(
      fc.property(crons, zones, instants, (cron, zone, from) => {
        const atOnce = dueTicks(cron, zone, from, Infinity, 12);
        const oneByOne: number[] = [];
        for (let at = from; oneByOne.length < 12; at = oneByOne.at(-1) ?? Infinity)
          oneByOne.push(...dueTicks(cron, zone, at, Infinity, 1));
        expect(oneByOne).toEqual(atOnce);
      }),
    );
  });

  it('never show the same wall time twice, but for the hour that the clocks skip', () => {
    fc.assert(
      fc.property(zones, instants, (zone, from) => {
        const clock = new WallClock(zone);
        const walls = dueTicks('*/15 * * * *', zone, from, Infinity, 100).map((tick) =>
          clock.wallAt(tick),
        );
        expect(new Set(walls).size).toBe(walls.length);
      }),
    );
  });
});

describe('a wall clock', () => {
  it('gives back the instant that it shows, or the earlier of two', () => {
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        const clock = new WallClock(zone);
        const back = clock.instantOf(clock.wallAt(instant));
        expect(clock.wallAt(back)).toBe(clock.wallAt(instant));
        expect(back).toBeLessThanOrEqual(instant);
      }),
    );
  });
});
