import { describe, expect, it } from 'vitest';
import type { Clock } from '#domain/ports.ts';
import { Pace } from '#engine/pace.ts';

/** Slices that take so many milliseconds a record, on a clock that stands still between them. */
async function paced(msPerRecord: number, slices: number) {
  let now = 0;
  const taken: number[] = [];
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => now,
    at(instant, callback) {
      pauses.push(instant - now);
      now = instant;
      callback();
      return () => undefined;
    },
  };
  const pace = new Pace(clock);
  for (let i = 0; i < slices; i++)
    await pace.slice(async (size) => {
      now += size * msPerRecord;
      taken.push(size * msPerRecord);
    });
  return { taken, pauses, size: pace.size };
}

describe('work in the background', () => {
  it('goes in smaller slices where they take long, until they fit', async () => {
    const { taken } = await paced(0.125, 10);
    expect(taken.slice(0, 3)).toEqual([16, 8, 8]);
    expect(Math.max(...taken.slice(-5))).toBeLessThanOrEqual(25);
  });

  it('goes in larger slices where they take no time, up to a limit', async () => {
    const { size } = await paced(0, 30);
    expect(size).toBe(512);
  });

  it('leaves as much time to others as it took', async () => {
    const { taken, pauses } = await paced(1, 6);
    expect(pauses).toEqual(taken.map((ms) => Math.max(2, ms)));
  });

  it('never gets stuck on slices of nothing', async () => {
    const { size } = await paced(100, 12);
    expect(size).toBe(64);
  });
});
