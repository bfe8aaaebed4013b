const EVERY_MS = { slow: 20_000, calm: 1000, fast: 100 } as const;

/**
 * `fast`: something runs or waits and is counted in tenths of a second; `calm`: a run waits for a person; `slow`: a
 * schedule counts in minutes.
 */
export type Pace = 'off' | keyof typeof EVERY_MS;

/** The page's clock: stands still while there is nothing to count. */
export class Ticker {
  now = $state(Date.now());
  #pace: Pace = 'off';
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Reads the time once and goes on at this pace. */
  keep(pace: Pace): void {
    this.now = Date.now();
    if (pace === this.#pace) return;
    this.#pace = pace;
    clearInterval(this.#timer);
    if (pace !== 'off')
      this.#timer = setInterval(() => {
        this.now = Date.now();
      }, EVERY_MS[pace]);
  }
}
