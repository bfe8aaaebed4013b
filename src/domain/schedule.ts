/** The built-in corpus: days 1 to 30 are there at the first visit, each later calendar day brings the next, up to 60. */
const FIRST_ARRIVED_DAY = 30;
const LAST_ARRIVAL_DAY = 60;

const DAY_MS = 86_400_000;

/** `offsetMinutes`: the reader's zone, minutes east of UTC: days change at the reader's midnight. */
export function arrivalDay(firstVisitAt: number, now: number, offsetMinutes: number): number {
  const dayNumber = (at: number) => Math.floor((at + offsetMinutes * 60_000) / DAY_MS);
  const passed = Math.max(0, dayNumber(now) - dayNumber(firstVisitAt));
  return Math.min(LAST_ARRIVAL_DAY, FIRST_ARRIVED_DAY + passed);
}
