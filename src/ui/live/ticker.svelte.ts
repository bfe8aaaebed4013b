const FAST_MS = 100;
const SLOW_MS = 20_000;

/** `fast`: something runs or waits and is counted in tenths of a second; `slow`: a schedule counts in minutes. */
export type Pace = 'off' | 'slow' | 'fast';

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
      this.#timer = setInterval(
        () => {
          this.now = Date.now();
        },
        pace === 'fast' ? FAST_MS : SLOW_MS,
      );
  }
}
