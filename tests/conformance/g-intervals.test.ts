import { describe, expect, it } from 'vitest';
import { intervalTicks } from '#engine/interval.ts';
import { NIGHTLY, runs, ticks } from '#tests/support/scheduled-rig.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';
import { engineWith } from './author-run.ts';

const NEW_YORK = 'America/New_York';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const source = `export default flow('main', () => 1);`;

const hour = (at: number, timeZone: string) =>
  Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone }).format(at));
const both = (instants: readonly number[]) => [
  instants.map((at) => hour(at, NEW_YORK)),
  instants.map((at) => hour(at, 'UTC')),
];

/** The first five, the anchor among them. */
const fromAnchor = (anchor: string, seconds: number) => {
  const interval = { seconds, anchor: Date.parse(anchor) };
  return intervalTicks(interval, NEW_YORK, interval.anchor - 1, Infinity, 5);
};

describe('C50 interval across daylight saving', () => {
  it.each([
    ['hourly, the clocks go forward', '2018-03-11T04:00Z', 3600, [23, 0, 1, 3, 4], [4, 5, 6, 7, 8]],
    ['hourly, the clocks go back', '2018-11-04T03:00Z', 3600, [23, 0, 1, 1, 2], [3, 4, 5, 6, 7]],
    ['daily, forward', '2018-03-08T14:00Z', 86_400, [9, 9, 9, 9, 9], [14, 14, 14, 13, 13]],
    ['daily, back', '2018-11-01T13:00Z', 86_400, [9, 9, 9, 9, 9], [13, 13, 13, 14, 14]],
  ])('%s', async (_what, anchor, seconds, local, utc) => {
    expect(both(fromAnchor(anchor, seconds))).toEqual([local, utc]);
    const clock = new VirtualClock(Date.parse(anchor) - 1);
    const rig = await engineWith(source, { clock });
    const change = {
      deploymentId: NIGHTLY,
      cron: '0 2 * * *',
      interval: { seconds, anchor: Date.parse(anchor) },
      timezone: NEW_YORK,
      paused: false,
    };
    expect(await rig.engine.setSchedule(change)).toMatchObject({ ok: true });
    await rig.clock.advance(seconds * 1000 * 5);
    const ran = (await ticks(rig)).slice(0, 5);
    expect(both(ran.map(({ dueAt }) => dueAt))).toEqual([local, utc]);
    expect(ran.every(({ verdict, schedule }) => `${verdict} ${schedule}` === 'ran interval')).toBe(
      true,
    );
    expect(await runs(rig)).toHaveLength((await ticks(rig)).length);
  });

  it('an anchor in the future extrapolates backwards', () => {
    const interval = { seconds: 17 * 3600, anchor: Date.parse('2030-02-02T05:24Z') };
    const start = Date.parse('2021-07-01T00:00Z');
    const first = Date.parse('2021-07-01T07:24Z');
    expect(intervalTicks(interval, 'UTC', start - 1, Infinity, 5)).toEqual(
      [0, 1, 2, 3, 4].map((i) => first + i * 17 * HOUR),
    );
  });

  it('no tick lies before the start, however long ago the anchor was on the other side of a change', () => {
    const interval = { seconds: 75, anchor: 1_582_002_945_964 };
    const start = 1_593_643_144_233;
    const due = intervalTicks(interval, 'US/Pacific', start, Infinity, 4);
    expect(due).toHaveLength(4);
    expect(due.every((at) => at > start)).toBe(true);
  });
});

describe('C52 scheduler top-up', () => {
  const change = { deploymentId: NIGHTLY, timezone: 'UTC', paused: false };
  async function upcoming(cron: string, more: object = {}) {
    const rig = await engineWith(source);
    expect(await rig.engine.setSchedule({ ...change, cron, ...more })).toMatchObject({ ok: true });
    return { rig, now: rig.clock.now(), list: await rig.engine.upcoming(NIGHTLY) };
  }

  it.each([
    ['daily: three', '0 2 * * *', 3, 3 * DAY],
    ['each minute: an hour ahead', '* * * * *', 60, HOUR],
    ['each ten minutes: an hour ahead', '*/10 * * * *', 6, HOUR],
    ['each second: a hundred', '* * * * * *', 100, 100_000],
    ['once a year: none further than 100 days', '0 0 1 7 *', 0, 0],
  ])('%s', async (_what, cron, count, ahead) => {
    const { list, now } = await upcoming(cron);
    expect(list).toHaveLength(count);
    expect(count === 0 ? 0 : list.at(-1)!.dueAt - now).toBe(ahead);
    expect(
      list.every(({ state }) => state.type === 'SCHEDULED' && state.name === 'Scheduled'),
    ).toBe(true);
  });

  it('no tick lies further than 100 days ahead: an interval of 30 days has three', async () => {
    const interval = { seconds: 30 * 86_400, anchor: Date.UTC(2026, 10, 2, 2) };
    const { list, now } = await upcoming('0 2 * * *', { interval });
    expect(list.map(({ dueAt }) => (dueAt - now) / DAY)).toEqual([30, 60, 90]);
  });

  it('asking again adds no duplicates: the keys are the same, and none twice', async () => {
    const { rig, list } = await upcoming('*/10 * * * *');
    expect(await rig.engine.upcoming(NIGHTLY)).toEqual(list);
    await rig.restart();
    expect(await rig.engine.upcoming(NIGHTLY)).toEqual(list);
    expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
    expect(list[0]?.key).toBe(`scheduled ${NIGHTLY} cron 2026-11-02T02:10:00.000Z`);
    expect(await runs(rig)).toEqual([]);
  });

  it('what was upcoming is what ran, at its time', async () => {
    const { rig, list } = await upcoming('*/10 * * * *');
    await rig.clock.advance(HOUR);
    expect((await ticks(rig)).map(({ dueAt }) => dueAt)).toEqual(list.map(({ dueAt }) => dueAt));
    const next = await rig.engine.upcoming(NIGHTLY);
    expect(next[0]?.dueAt).toBe(list.at(-1)!.dueAt + 10 * 60_000);
  });

  it('a paused deployment has none, nor has one that is not there', async () => {
    const { rig } = await upcoming('*/10 * * * *', { paused: true });
    expect(await rig.engine.upcoming(NIGHTLY)).toEqual([]);
    expect(await rig.engine.upcoming('dep_x')).toEqual([]);
  });

  it('changing the schedule takes away those of before', async () => {
    const { rig } = await upcoming('*/10 * * * *');
    const interval = { seconds: 5400, anchor: Date.UTC(2026, 10, 2, 2) };
    await rig.engine.setSchedule({ ...change, cron: '', interval });
    const list = await rig.engine.upcoming(NIGHTLY);
    expect(list.map(({ dueAt }) => (dueAt - rig.clock.now()) / 60_000)).toEqual([90, 180, 270]);
    await rig.clock.advance(80 * 60_000);
    expect(await runs(rig)).toEqual([]);
  });
});
