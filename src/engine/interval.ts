import type { CronCheck } from '#domain/engine-api.ts';
import type { IntervalSchedule } from '#domain/records.ts';
import { noSuchZone, wallClockIn, type WallClock } from './wall-clock.ts';

const MIN_SECONDS = 60;
const MAX_SECONDS = 3_155_760_000;
const LAST_YEAR = 9999;
const LAST_INSTANT = Date.UTC(LAST_YEAR, 11, 31);
const DAY_SECONDS = 86_400;
const SHOWN = 5;

/** What an interval means, or what is wrong with it. */
export function checkInterval(
  interval: IntervalSchedule,
  timezone: string,
  from: number,
): CronCheck {
  const problem = problemOf(interval);
  if (problem !== undefined) return { ok: false, reason: problem };
  const clock = wallClockIn(timezone);
  if (!clock) return { ok: false, reason: noSuchZone(timezone) };
  const words = inWords(interval, clock);
  return { ok: true, words, next: ticksOf(interval, clock, from, Infinity, SHOWN) };
}

/** Due instants in (after, until], at most `limit`, oldest first; before the anchor as after it. */
export function intervalTicks(
  interval: IntervalSchedule,
  timezone: string,
  after: number,
  until: number,
  limit: number,
): readonly number[] {
  const clock = wallClockIn(timezone);
  return clock && problemOf(interval) === undefined
    ? ticksOf(interval, clock, after, until, limit)
    : [];
}

/**
 * A day or more is counted on the clock on the wall, so that a daily 9 am stays 9 am; less is counted in time that
 * passes, so that an hourly tick comes each hour however the clocks are moved.
 */
function ticksOf(
  { seconds, anchor }: IntervalSchedule,
  clock: WallClock,
  after: number,
  until: number,
  limit: number,
): readonly number[] {
  const step = seconds * 1000;
  const onTheWall = seconds >= DAY_SECONDS;
  const origin = onTheWall ? clock.wallAt(anchor) : anchor;
  const tickAt = (n: number) =>
    onTheWall ? clock.instantOf(origin + n * step) : origin + n * step;
  const ticks: number[] = [];
  // Moved clocks may shift a tick across `after`: it is begun one before.
  let n = Math.floor(((onTheWall ? clock.wallAt(after) : after) - origin) / step) - 1;
  for (; ticks.length < limit; n++) {
    const tick = tickAt(n);
    if (tick > until) break;
    if (tick > after) ticks.push(tick);
  }
  return ticks;
}

function problemOf({ seconds, anchor }: IntervalSchedule): string | undefined {
  if (!Number.isSafeInteger(seconds) || seconds < MIN_SECONDS)
    return `An interval must be a whole number of seconds, at least ${MIN_SECONDS}, not ${seconds}.`;
  if (seconds > MAX_SECONDS)
    return `An interval of ${seconds} seconds is longer than 100 years. Write a shorter one.`;
  if (Number.isSafeInteger(anchor) && anchor >= 0 && anchor <= LAST_INSTANT) return undefined;
  return `The anchor of an interval must be an instant in whole milliseconds since 1970, up to the year ${LAST_YEAR}, not ${anchor}.`;
}

const UNITS = [
  ['day', DAY_SECONDS],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `Every 90 minutes, counted from 2026-11-02 02:00` */
function inWords({ seconds, anchor }: IntervalSchedule, clock: WallClock): string {
  const [unit, length] = UNITS.find(([, length]) => seconds % length === 0) ?? UNITS[3];
  const count = seconds / length;
  const wall = new Date(clock.wallAt(anchor)).toISOString().slice(0, 16).replace('T', ' ');
  return `Every ${count === 1 ? unit : `${count} ${unit}s`}, counted from ${wall}`;
}
