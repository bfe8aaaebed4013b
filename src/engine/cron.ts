import { Cron } from 'croner';
import cronstrue from 'cronstrue';
import type { CronCheck } from '#domain/engine-api.ts';

const FIELDS = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const;
const SHOWN = 5;

/** What a cron expression means, or which field is wrong and why. Five fields; a sixth is seconds, last. */
export function checkCron(cron: string, timezone: string, from: number): CronCheck {
  const text = cron.trim();
  if (text === '')
    return {
      ok: false,
      reason: 'Write five fields: minute hour day month weekday, e.g. 0 2 * * *.',
    };
  const parsed = parse(text, timezone);
  if (typeof parsed === 'string') return { ok: false, reason: parsed };
  const next = parsed.nextRuns(SHOWN, new Date(from)).map((date) => date.getTime());
  if (next.length === 0)
    return {
      ok: false,
      reason: `"${text}" never comes due: no such date exists. Change the day or the month.`,
    };
  return { ok: true, words: inWords(text), next };
}

/** Due instants in (after, until], at most `limit`, oldest first. */
export function dueTicks(
  cron: string,
  timezone: string,
  after: number,
  until: number,
  limit: number,
): readonly number[] {
  const parsed = parse(cron, timezone);
  if (typeof parsed === 'string') return [];
  const ticks: number[] = [];
  let from = new Date(after);
  while (ticks.length < limit) {
    const next = parsed.nextRun(from);
    if (!next || next.getTime() > until) break;
    ticks.push(next.getTime());
    from = next;
  }
  return ticks;
}

export function nextTick(cron: string, timezone: string, after: number): number | undefined {
  const parsed = parse(cron, timezone);
  return typeof parsed === 'string' ? undefined : parsed.nextRun(new Date(after))?.getTime();
}

function parse(text: string, timezone: string): Cron | string {
  try {
    return new Cron(secondsFirst(text), { timezone, paused: true });
  } catch (error) {
    return whyWrong(text, error instanceof Error ? error.message : String(error));
  }
}

/** A sixth field is seconds and stands last, as in Prefect; croner wants it first. */
function secondsFirst(text: string): string {
  const fields = text.split(/\s+/);
  return fields.length === 6 ? [fields[5], ...fields.slice(0, 5)].join(' ') : text;
}

/** Tries each field alone, so that the message names the one that is wrong. */
function whyWrong(text: string, message: string): string {
  const fields = text.split(/\s+/);
  if (fields.length < 5 || fields.length > 6)
    return `"${text}" has ${fields.length} field${fields.length === 1 ? '' : 's'}: write five, minute hour day month weekday, e.g. 0 2 * * *.`;
  const wrong = FIELDS.findIndex((_, i) => !worksAlone(fields[i] ?? '', i));
  if (wrong < 0) return `"${text}" is not a cron expression: ${message}`;
  return `The ${FIELDS[wrong]} field "${fields[wrong]}" is wrong: ${message.replace(/^CronPattern: /, '')}`;
}

function worksAlone(field: string, position: number): boolean {
  const fields = ['*', '*', '*', '*', '*'];
  fields[position] = field;
  try {
    new Cron(fields.join(' '), { paused: true });
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
