import { describe, expect, it } from 'vitest';
import { checkCron, dueTicks } from '#engine/cron.ts';
import { NIGHTLY, runs, setSchedule, ticks } from '#tests/support/scheduled-rig.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';
import { engineWith } from './author-run.ts';
import { deviation } from './deviation.ts';

const NEW_YORK = 'America/New_York';
const MINUTE = 60_000;
const source = `export default flow('main', () => 1);`;

/** `2026-01-02T09:00`, in UTC. */
const due = (cron: string, from: string, count: number, zone = 'UTC') =>
  dueTicks(cron, zone, Date.parse(from), Infinity, count).map((at) =>
    new Date(at).toISOString().slice(0, 16),
  );
const hours = (instants: readonly string[]) => instants.map((at) => Number(at.slice(11, 13)));
const days = (instants: readonly string[]) => instants.map((at) => at.slice(0, 10));

/** An engine at that instant, with the schedule in New York. */
async function scheduled(cron: string, from: string) {
  const rig = await engineWith(source, { clock: new VirtualClock(Date.parse(from)) });
  const change = { deploymentId: NIGHTLY, cron, timezone: NEW_YORK, paused: false };
  expect(await rig.engine.setSchedule(change)).toMatchObject({ ok: true });
  return rig;
}

describe('C49 cron across daylight saving', () => {
  it.each([
    ['the clocks go forward', '2018-03-11T03:59Z', [4, 5, 6, 7, 8]],
    ['the clocks go back, and 1 am fires once', '2018-11-04T02:59Z', [3, 4, 5, 7, 8]],
  ])('each hour: %s', async (_when, from, utcHours) => {
    expect(hours(due('0 * * * *', from, 5, NEW_YORK))).toEqual(utcHours);
    const rig = await scheduled('0 * * * *', from);
    await rig.clock.advance(6 * 60 * MINUTE);
    const ran = (await ticks(rig)).map(({ dueAt }) => new Date(dueAt).getUTCHours());
    expect(ran.slice(0, 5)).toEqual(utcHours);
    expect(await runs(rig)).toHaveLength(ran.length);
  });

  it('9 am stays 9 am, both ways', () => {
    expect(hours(due('0 9 * * *', '2018-03-09T20:00Z', 3, NEW_YORK))).toEqual([14, 13, 13]);
    expect(hours(due('0 9 * * *', '2018-11-02T20:00Z', 3, NEW_YORK))).toEqual([13, 14, 14]);
  });
});

describe('C51 cron grammar vectors', () => {
  it('day of the month or of the week; both, with a plus before the day of the week', () => {
    expect(due('0 9 13 * 5', '2026-01-01T00:00Z', 4)).toEqual([
      '2026-01-02T09:00',
      '2026-01-09T09:00',
      '2026-01-13T09:00',
      '2026-01-16T09:00',
    ]);
    expect(due('0 9 13 * +5', '2026-01-01T00:00Z', 3)).toEqual([
      '2026-02-13T09:00',
      '2026-03-13T09:00',
      '2026-11-13T09:00',
    ]);
  });

  it('steps, ranges and names', () => {
    expect(due('*/15 9-10 * * MON-FRI', '2026-03-06T10:20Z', 3)).toEqual([
      '2026-03-06T10:30',
      '2026-03-06T10:45',
      '2026-03-09T09:00',
    ]);
    const minutes = due('5-59/20 * * * *', '2026-01-01T00:00Z', 3).map((at) => at.slice(14));
    expect(minutes).toEqual(['05', '25', '45']);
  });

  it.each([
    ['0 0 L * *', '2026-01-30T00:00Z', ['2026-01-31', '2026-02-28', '2026-03-31']],
    ['0 0 29 2 *', '2026-01-01T00:00Z', ['2028-02-29', '2032-02-29']],
    ['0 0 * * 7', '2026-01-01T00:00Z', ['2026-01-04']],
    ['0 0 * * sat#2', '2026-01-01T00:00Z', ['2026-01-10', '2026-02-14']],
    ['@daily', '2026-01-01T00:00Z', ['2026-01-02']],
  ])('%s', (cron, from, expected) => {
    expect(days(due(cron, from, expected.length))).toEqual(expected);
  });

  it('a sixth field is seconds, and stands last', () => {
    const seconds = dueTicks('0 0 1 1 * 30', 'UTC', Date.parse('2026-01-01T00:00Z'), Infinity, 1);
    expect(seconds).toEqual([Date.parse('2026-01-01T00:00:30Z')]);
  });

  it.each(['R * * * *', '0 R * * *', 'H * * * *', '0 H * * *'])('%s is rejected', (cron) => {
    expect(checkCron(cron, 'UTC', 0)).toMatchObject({ ok: false });
  });
});

describe('C52 scheduler top-up', () => {
  deviation('C52', 'the flow run is created at its tick, with the verdict');

  it('a run is created at its tick, together with the verdict', async () => {
    const rig = await engineWith(source);
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(5 * MINUTE - 1);
    expect(await runs(rig)).toEqual([]);
    await rig.clock.advance(1);
    const [run] = await runs(rig);
    expect(await ticks(rig)).toMatchObject([{ verdict: 'ran', flowRunId: run?.id }]);
  });

  it('starting the scheduler again adds no duplicates', async () => {
    const rig = await engineWith(source);
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(10 * MINUTE);
    for (let times = 0; times < 3; times++) await rig.restart();
    await rig.clock.advance(5 * MINUTE);
    const instants = (await ticks(rig)).map(({ dueAt }) => dueAt);
    expect([instants.length, new Set(instants).size]).toEqual([3, 3]);
    expect(await runs(rig)).toHaveLength(3);
  });

  it('a paused deployment gets none', async () => {
    const rig = await engineWith(source);
    await setSchedule(rig, '*/5 * * * *', true);
    await rig.clock.advance(60 * MINUTE);
    expect([await ticks(rig), await runs(rig)]).toEqual([[], []]);
  });

  it('a schedule that is changed keeps none of the ticks to come', async () => {
    const rig = await engineWith(source);
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(MINUTE);
    await setSchedule(rig, '0 0 1 1 *');
    await rig.clock.advance(60 * MINUTE);
    expect(await ticks(rig)).toEqual([]);
  });
});
