import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentStream } from '#domain/ids.ts';
import { checkInterval, intervalTicks } from '#engine/interval.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import {
  MINUTE,
  NIGHTLY,
  scheduledRig,
  setSchedule,
  verdicts,
} from '#tests/support/scheduled-rig.ts';

const check = (seconds: number, anchor = SOME_TIME, zone = 'UTC') =>
  checkInterval({ seconds, anchor }, zone, SOME_TIME);

describe('an interval', () => {
  it.each([
    [5400, 'Every 90 minutes'],
    [3600, 'Every hour'],
    [86_400, 'Every day'],
    [7 * 86_400, 'Every 7 days'],
    [75, 'Every 75 seconds'],
    [60, 'Every minute'],
  ])('of %s s says what it means and when it is next due', (seconds, words) => {
    expect(check(seconds)).toEqual({
      ok: true,
      words: `${words}, counted from 2026-11-02 02:00`,
      next: [1, 2, 3, 4, 5].map((i) => SOME_TIME + i * seconds * 1000),
    });
  });

  it('tells its anchor as the clock of its zone shows it', () => {
    expect(check(3600, SOME_TIME, 'America/New_York')).toMatchObject({
      words: 'Every hour, counted from 2026-11-01 21:00',
    });
  });

  it.each([
    [0, 'at least 60, not 0'],
    [-5, 'not -5'],
    [59, 'not 59'],
    [90.5, 'a whole number of seconds'],
    [NaN, 'not NaN'],
    [Infinity, 'not Infinity'],
    [4_000_000_000, 'longer than 100 years'],
  ])('of %s s is refused', (seconds, reason) => {
    expect(check(seconds)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
    expect(intervalTicks({ seconds, anchor: 0 }, 'UTC', 0, Infinity, 1)).toEqual([]);
  });

  it('without a sensible anchor or zone is refused', () => {
    for (const anchor of [NaN, 0.5, -1, 1e15])
      expect(check(60, anchor)).toEqual({ ok: false, reason: expect.stringContaining('anchor') });
    expect(check(60, SOME_TIME, 'Mars/Base')).toEqual({
      ok: false,
      reason: 'There is no time zone "Mars/Base". Write one like Europe/Berlin.',
    });
    expect(intervalTicks({ seconds: 60, anchor: 0 }, 'Mars/Base', 0, 1, 1)).toEqual([]);
  });

  it('is due the same whatever instant is asked from, in order and without gaps', () => {
    const zones = ['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.oneof(
          fc.integer({ min: 60, max: 90_000 }),
          fc.integer({ min: 1, max: 40 }).map((d) => d * 86_400),
        ),
        fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) }),
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
        (zone, seconds, anchor, after) => {
          const of = (from: number, count: number) =>
            intervalTicks({ seconds, anchor }, zone, from, Infinity, count);
          const due = of(after, 6);
          expect(due).toHaveLength(6);
          expect(due[0]).toBeGreaterThan(after);
          due.forEach((at, i) => expect(of(at - 1, 6 - i)).toEqual(due.slice(i)));
          expect(of(due[0]! - 1, 1)).toEqual([due[0]]);
          // None was left out before the first: the one before it is not after `after`.
          const before = due[0]! - seconds * 2000 - 4 * 3_600_000;
          const earlier = intervalTicks({ seconds, anchor }, zone, before, due[0]! - 1, 1000);
          expect(earlier.at(-1)).toBeLessThanOrEqual(after);
          const step = seconds * 1000;
          due.slice(1).forEach((at, i) => {
            if (seconds < 86_400) expect(at - due[i]!).toBe(step);
            else expect(Math.abs(at - due[i]! - step)).toBeLessThanOrEqual(3_600_000);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a schedule of an interval', () => {
  const set = (rig: Awaited<ReturnType<typeof scheduledRig>>, seconds: number) =>
    rig.engine.setSchedule({
      deploymentId: NIGHTLY,
      cron: 'not looked at',
      interval: { seconds, anchor: SOME_TIME + 30_000 },
      timezone: 'UTC',
      paused: false,
    });

  it('starts runs, survives the engine, and tells what was missed', async () => {
    const rig = await scheduledRig();
    expect(await set(rig, 120)).toMatchObject({ ok: true });
    await rig.clock.advance(3 * MINUTE);
    rig.kill();
    await rig.clock.advance(4 * MINUTE);
    await rig.restart();
    await rig.clock.advance(2 * MINUTE);
    expect(await verdicts(rig)).toEqual([
      '0.5 ran',
      '2.5 ran',
      '4.5 missed',
      '6.5 missed',
      '8.5 ran',
    ]);
  });

  it('keeps the cron, and gives way to one', async () => {
    const rig = await scheduledRig();
    await set(rig, 120);
    const [deployment] = await rig.engine.deployments();
    expect(deployment).toMatchObject({ cron: '*/5 * * * *', interval: { seconds: 120 } });
    await setSchedule(rig, '*/7 * * * *');
    expect((await rig.engine.deployments())[0]?.interval).toBeUndefined();
    await rig.clock.advance(8 * MINUTE);
    expect(await verdicts(rig)).toEqual(['7 ran']);
    const told = (await rig.store.events(deploymentStream(deployment!.id))).flatMap(({ body }) =>
      body.kind === 'schedule.set' ? [body.interval?.seconds] : [],
    );
    expect(told).toEqual([undefined, 120, undefined]);
  });

  it('that makes no sense is refused and leaves the one before', async () => {
    const rig = await scheduledRig();
    expect(await set(rig, 1)).toMatchObject({ ok: false });
    expect(await rig.engine.checkInterval({ seconds: 1, anchor: 0 }, 'UTC')).toMatchObject({
      ok: false,
    });
    expect((await rig.engine.deployments())[0]?.interval).toBeUndefined();
  });
});
