import { describe, expect, it } from 'vitest';
import { checkCron, dueTicks } from '#engine/cron.ts';

const NEW_YORK = 'America/New_York';
const iso = (instant: number): string => new Date(instant).toISOString();
const dueAfter = (cron: string, from: string, count: number, zone = 'UTC') =>
  dueTicks(cron, zone, Date.parse(from), Infinity, count).map((at) => iso(at).slice(0, 19));
const hoursAfter = (cron: string, from: string, count: number) =>
  dueAfter(cron, from, count, NEW_YORK).map((at) => Number(at.slice(11, 13)));
const reasonOf = (cron: string, zone = 'UTC') => {
  const check = checkCron(cron, zone, Date.parse('2026-01-01T00:00Z'));
  return check.ok ? 'accepted' : check.reason;
};

describe('C49 cron across daylight saving', () => {
  it('fires each hour that there is when the clocks go forward', () => {
    expect(hoursAfter('0 * * * *', '2018-03-11T03:59:59Z', 5)).toEqual([4, 5, 6, 7, 8]);
  });

  it('fires a repeated hour once', () => {
    expect(hoursAfter('0 * * * *', '2018-11-04T02:59:59Z', 5)).toEqual([3, 4, 5, 7, 8]);
    expect(dueAfter('30 1 * * *', '2018-11-03T12:00Z', 2, NEW_YORK)).toEqual([
      '2018-11-04T05:30:00',
      '2018-11-05T06:30:00',
    ]);
  });

  it('fires no second time when it is asked within the repeated hour', () => {
    expect(hoursAfter('0 * * * *', '2018-11-04T05:00:00Z', 1)).toEqual([7]);
    expect(hoursAfter('30 * * * *', '2018-11-04T06:10:00Z', 1)).toEqual([7]);
  });

  it('keeps 9 am local both ways', () => {
    expect(hoursAfter('0 9 * * *', '2018-03-09T20:00Z', 3)).toEqual([14, 13, 13]);
    expect(hoursAfter('0 9 * * *', '2018-11-02T20:00Z', 3)).toEqual([13, 14, 14]);
  });

  it('moves a time that does not exist forward by the gap', () => {
    expect(dueAfter('30 2 * * *', '2018-03-10T12:00Z', 2, NEW_YORK)).toEqual([
      '2018-03-11T07:30:00',
      '2018-03-12T06:30:00',
    ]);
    expect(dueAfter('30 2 * * *', '2018-03-11T07:05Z', 1, NEW_YORK)).toEqual([
      '2018-03-11T07:30:00',
    ]);
  });

  it('fires once for two times that the gap makes one', () => {
    expect(dueAfter('*/30 * * * *', '2018-03-11T06:45Z', 3, NEW_YORK)).toEqual([
      '2018-03-11T07:00:00',
      '2018-03-11T07:30:00',
      '2018-03-11T08:00:00',
    ]);
  });
});

describe('C51 cron grammar', () => {
  it('fires on a day of the month or of the week when both are given', () => {
    expect(dueAfter('0 9 13 * 5', '2026-01-01T00:00Z', 4)).toEqual([
      '2026-01-02T09:00:00',
      '2026-01-09T09:00:00',
      '2026-01-13T09:00:00',
      '2026-01-16T09:00:00',
    ]);
  });

  it('knows steps, ranges and names', () => {
    expect(dueAfter('*/15 9-10 * * MON-FRI', '2026-03-06T10:20Z', 3)).toEqual([
      '2026-03-06T10:30:00',
      '2026-03-06T10:45:00',
      '2026-03-09T09:00:00',
    ]);
    expect(dueAfter('5-59/20 * * * *', '2026-01-01T00:00Z', 3)).toEqual([
      '2026-01-01T00:05:00',
      '2026-01-01T00:25:00',
      '2026-01-01T00:45:00',
    ]);
  });

  it('knows the last day of the month, leap days, Sunday as 7 and the second Saturday', () => {
    const days = (cron: string, from: string, count: number) =>
      dueAfter(cron, from, count).map((at) => at.slice(0, 10));
    expect(days('0 0 L * *', '2026-01-30T00:00Z', 3)).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
    ]);
    expect(days('0 0 29 2 *', '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29', '2032-02-29']);
    expect(days('0 0 * * 7', '2026-01-01T00:00Z', 1)).toEqual(['2026-01-04']);
    expect(days('0 0 * * sat#2', '2026-01-01T00:00Z', 2)).toEqual(['2026-01-10', '2026-02-14']);
  });

  it('takes a sixth field for seconds, which stand last', () => {
    expect(dueAfter('0 0 1 1 * 30', '2026-01-01T00:00Z', 1)).toEqual(['2026-01-01T00:00:30']);
    expect(dueAfter('* * * * * */20', '2026-01-01T00:00Z', 3)).toEqual([
      '2026-01-01T00:00:20',
      '2026-01-01T00:00:40',
      '2026-01-01T00:01:00',
    ]);
  });

  it('knows @daily, and refuses R and H', () => {
    expect(dueAfter('@daily', '2026-01-01T00:00Z', 1)).toEqual(['2026-01-02T00:00:00']);
    expect(reasonOf('R * * * *')).toContain('The minute field "R" is wrong');
    expect(reasonOf('0 H * * *')).toContain('The hour field "H" is wrong');
  });
});

describe('a cron that is checked', () => {
  it('is told in words, with the next five instants', () => {
    const from = Date.parse('2026-01-01T00:00Z');
    const check = checkCron(' 0 2 * * * ', 'Europe/Berlin', from);
    expect(check).toMatchObject({ ok: true, words: 'At 02:00' });
    expect(check.ok && check.next.map(iso)).toEqual([
      '2026-01-01T01:00:00.000Z',
      '2026-01-02T01:00:00.000Z',
      '2026-01-03T01:00:00.000Z',
      '2026-01-04T01:00:00.000Z',
      '2026-01-05T01:00:00.000Z',
    ]);
  });

  it('is refused with the field that is wrong and what it takes', () => {
    expect(reasonOf('60 * * * *')).toBe(
      'The minute field "60" is wrong: it takes 0 to 59; lists (1,2), ranges (1-5) and steps (*/2) too.',
    );
    expect(reasonOf('* 25 * * *')).toContain('The hour field "25" is wrong: it takes 0 to 23');
    expect(reasonOf('* * 32 * *')).toContain('The day of month field "32" is wrong: it takes 1');
    expect(reasonOf('* * * 13 *')).toContain('The month field "13" is wrong');
    expect(reasonOf('* * * * 8')).toContain('The day of week field "8" is wrong');
    expect(reasonOf('* * * * * 61')).toContain('The second field "61" is wrong');
    expect(reasonOf('5-1 * * * *')).toContain('The minute field "5-1" is wrong');
    expect(reasonOf('* */0 * * *')).toContain('The hour field "*/0" is wrong');
  });

  it('is refused when it has too few or too many fields', () => {
    const example = 'write five, minute hour day month weekday, e.g. 0 2 * * *.';
    expect(reasonOf('')).toBe(`No field is there: ${example}`);
    expect(reasonOf('* * *')).toBe(`"* * *" has 3 fields: ${example}`);
    expect(reasonOf('daily')).toBe(`"daily" has 1 field: ${example}`);
    expect(reasonOf('2026-05-05T00:00:00')).toContain('has 1 field');
    expect(reasonOf('1 2 3 4 5 6 7')).toContain('has 7 fields');
    expect(reasonOf('@reboot')).toContain('"@reboot" is not a cron expression');
  });

  it('is refused when it never fires', () => {
    expect(reasonOf('0 0 30 2 *')).toBe(
      '"0 0 30 2 *" never comes due: no such date exists. Change the day or the month.',
    );
    expect(reasonOf('0 0 31 2,4,6 *')).toContain('never comes due');
  });

  it('is refused when there is no such time zone', () => {
    expect(reasonOf('0 2 * * *', 'Nowhere/City')).toBe(
      'There is no time zone "Nowhere/City". Write one like Europe/Berlin.',
    );
    expect(reasonOf('0 2 * * *', '')).toContain('There is no time zone ""');
  });
});

describe('due ticks', () => {
  const at = (text: string) => Date.parse(text);

  it('come after the first instant and up to the second', () => {
    const ticks = (after: string, until: string) =>
      dueTicks('0 * * * *', 'UTC', at(after), at(until), 100).length;
    expect(ticks('2026-01-01T00:00Z', '2026-01-01T03:00Z')).toBe(3);
    expect(ticks('2026-01-01T00:00Z', '2026-01-01T00:59Z')).toBe(0);
  });

  it('are at most as many as asked for', () => {
    expect(dueAfter('* * * * *', '2026-01-01T00:00Z', 7)).toHaveLength(7);
  });

  it('are none for a cron that is no longer valid', () => {
    expect(dueAfter('nonsense', '2026-01-01T00:00Z', 5)).toEqual([]);
    expect(dueTicks('nonsense', 'UTC', 0, Infinity, 1)).toEqual([]);
    expect(dueTicks('0 0 30 2 *', 'UTC', 0, Infinity, 1)).toEqual([]);
  });
});
