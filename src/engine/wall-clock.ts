const DAY_MS = 86_400_000;

/** Undefined when there is no such zone. */
export function wallClockIn(timezone: string): WallClock | undefined {
  try {
    return new WallClock(timezone);
  } catch {
    return undefined;
  }
}

export const noSuchZone = (timezone: string): string =>
  `There is no time zone "${timezone}". Write one like Europe/Berlin.`;

/** The clock on the wall of a time zone. Wall times are milliseconds, as if they were UTC. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError when there is no such zone */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  wallAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** Milliseconds east of UTC. */
  offsetAt(instant: number): number {
    const parts = this.#format.formatToParts(instant);
    const of = (type: Intl.DateTimeFormatPartTypes) =>
      Number(parts.find((part) => part.type === type)?.value);
    const wall = Date.UTC(
      of('year'),
      of('month') - 1,
      of('day'),
      of('hour'),
      of('minute'),
      of('second'),
    );
    return wall - Math.floor(instant / 1000) * 1000;
  }

  /** The first instant that shows the wall time; one that is skipped is moved forward by the gap. */
  instantOf(wall: number): number {
    const before = wall - this.offsetAt(wall - DAY_MS);
    const after = wall - this.offsetAt(wall + DAY_MS);
    const shown = [before, after].filter((instant) => this.wallAt(instant) === wall);
    return shown.length === 0 ? before : Math.min(...shown);
  }
}
