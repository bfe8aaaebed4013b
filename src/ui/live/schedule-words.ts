import type { TickVerdict } from '#domain/events.ts';

/** `Tue 3 Nov, 02:00` in the zone of the schedule, which need not be the reader's. */
export function instantIn(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  });
  return format.format(at);
}

const WORDS: Readonly<Record<TickVerdict, string>> = {
  ran: 'ran',
  ranLate: 'ran late',
  coalesced: 'was joined with a later tick',
  skipped: 'was skipped',
  missed: 'was missed',
};

export const tickWords = (verdict: TickVerdict): string => WORDS[verdict];

/** How many runs of a deployment may be offered at a time; what is set is among them, whatever it is. */
export function limitChoices(
  limit: number | undefined,
): readonly { readonly value: string; readonly label: string }[] {
  const limits = [...new Set([1, 2, 3, 4, ...(limit === undefined ? [] : [limit])])];
  return [
    { value: '', label: 'any number' },
    ...limits.sort((a, b) => a - b).map((one) => ({ value: String(one), label: String(one) })),
  ];
}

/** `Tab alive, next run 02:00 in 7 h 12 min` needs the time of day alone. */
export const timeIn = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at);

/** Minutes east of UTC, where the reader is now. */
export const offsetMinutes = (): number => -new Date().getTimezoneOffset();
