/** Timers as they are needed here; tests step them. */
export interface Delay {
  now(): number;
  /** The result cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

const PAUSE_MS = 2000;

/**
 * Summarises for a screen reader: at most one sentence every two seconds, always the newest, none twice in a row.
 * The first is said at once.
 */
export function announcer(say: (sentence: string) => void, delay: Delay) {
  let saidAt = -Infinity;
  let said = '';
  let cancel: (() => void) | undefined;
  const speak = (sentence: string) => {
    cancel = undefined;
    if (sentence === said) return;
    saidAt = delay.now();
    said = sentence;
    say(sentence);
  };
  return (sentence: string): void => {
    cancel?.();
    const wait = saidAt + PAUSE_MS - delay.now();
    if (wait <= 0) speak(sentence);
    else cancel = delay.after(wait, () => speak(sentence));
  };
}
