import { Cron } from 'croner';
import cronstrue from 'cronstrue';
import type { CronCheck } from '#domain/engine-api.ts';
import { noSuchZone, wallClockIn, type WallClock } from './wall-clock.ts';

const FIELDS = [
  ['minute', '0 to 59'],
  ['hour', '0 to 23'],
  ['day of month', '1 to 31 or L for the last'],
  ['month', '1 to 12 or jan to dec'],
  ['day of week', '0 to 7 (Sunday is 0 and 7) or sun to sat'],
  ['second', '0 to 59'],
] as const;
const SHOWN = 5;
/** No zone moves its clocks by more. */
const MAX_SHIFT_MS = 3 * 3_600_000;

interface Schedule {
  readonly clock: WallClock;
  /** Matches wall times, taken as UTC. */
  readonly pattern: Cron;
}

/** What a cron expression means, or which field is wrong and why. Five fields; a sixth is seconds, last. */
export function checkCron(cron: string, timezone: string, from: number): CronCheck {
  const text = cron.trim();
  const schedule = parse(text, timezone);
  if (typeof schedule === 'string') return { ok: false, reason: schedule };
  const next = ticksOf(schedule, from, Infinity, SHOWN);
  if (next.length > 0) return { ok: true, words: inWords(text), next };
  const reason = `"${text}" never comes due: no such date exists. Change the day or the month.`;
  return { ok: false, reason };
}

/** Due instants in (after, until], at most `limit`, oldest first. */
export function dueTicks(
  cron: string,
  timezone: string,
  after: number,
  until: number,
  limit: number,
): readonly number[] {
  const schedule = parse(cron.trim(), timezone);
  return typeof schedule === 'string' ? [] : ticksOf(schedule, after, until, limit);
}

/**
 * Walks the wall times that match and takes the instant of each, as Prefect does: a time that the clocks skip comes due
 * after the gap, one that they repeat comes due once.
 */
function ticksOf(
  { clock, pattern }: Schedule,
  after: number,
  until: number,
  limit: number,
): readonly number[] {
  const ticks: number[] = [];
  let last = after;
  let wall: Date | null = new Date(wallBefore(clock, after));
  while (ticks.length < limit) {
    wall = pattern.nextRun(wall);
    if (!wall) break;
    const instant = clock.instantOf(wall.getTime());
    if (instant > until) break;
    if (instant <= last) continue;
    ticks.push(instant);
    last = instant;
  }
  return ticks;
}

/** After the clocks moved, wall times of before may still have to come. */
function wallBefore(clock: WallClock, instant: number): number {
  const moved = clock.offsetAt(instant) !== clock.offsetAt(instant - MAX_SHIFT_MS);
  return clock.wallAt(instant) - (moved ? MAX_SHIFT_MS : 0);
}

function parse(text: string, timezone: string): Schedule | string {
  const problem = fieldCountProblem(text);
  if (problem !== undefined) return problem;
  const clock = wallClockIn(timezone);
  if (!clock) return noSuchZone(timezone);
  try {
    return { clock, pattern: new Cron(secondsFirst(text), { timezone: 'UTC', paused: true }) };
  } catch (error) {
    return whyWrong(text, error instanceof Error ? error.message : String(error));
  }
}

const EXAMPLE = 'write five, minute hour day month weekday, e.g. 0 2 * * *.';

function fieldCountProblem(text: string): string | undefined {
  if (text === '') return `No field is there: ${EXAMPLE}`;
  const { length } = text.split(/\s+/);
  if (text.startsWith('@') || length === 5 || length === 6) return undefined;
  return `"${text}" has ${length} field${length === 1 ? '' : 's'}: ${EXAMPLE}`;
}

/** A sixth field is seconds and stands last, as in Prefect; croner wants it first. */
function secondsFirst(text: string): string {
  const fields = text.split(/\s+/);
  return fields.length === 6 ? [fields[5], ...fields.slice(0, 5)].join(' ') : text;
}

/** Tries each field alone, so that the message names the one that is wrong. */
function whyWrong(text: string, message: string): string {
  const fields = text.split(/\s+/);
  const wrong = text.startsWith('@') ? -1 : fields.findIndex((field, i) => !worksAlone(field, i));
  const [name, range] = FIELDS[wrong] ?? [];
  if (name === undefined) return `"${text}" is not a cron expression: ${message}`;
  return `The ${name} field "${fields[wrong]}" is wrong: it takes ${range}; lists (1,2), ranges (1-5) and steps (*/2) too.`;
}

function worksAlone(field: string, position: number): boolean {
  const fields = FIELDS.map((_, i) => (i === position ? field : '*'));
  try {
    new Cron(secondsFirst(fields.join(' ')), { paused: true });
    return true;
  } catch {
    return false;
  }
}

function inWords(text: string): string {
  try {
    return cronstrue.toString(secondsFirst(text), { use24HourTimeFormat: true });
  } catch {
    return text;
  }
}
