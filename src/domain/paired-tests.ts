/** Two models on the same rows: what they got right and wrong together. */
export interface PairedCounts {
  readonly rows: number;
  /** Rows that only the challenger got right. */
  readonly onlyChallenger: number;
  /** Rows that only the champion got right. */
  readonly onlyChampion: number;
}

/**
 * McNemar's test, exact and two-sided (binomial, no mid-p): how likely rows on which only one of the two is right would
 * fall at least as unevenly as they did if neither model were better. 1 where they never differ.
 */
export function exactMcNemar({ onlyChallenger, onlyChampion }: PairedCounts): number {
  const all = onlyChallenger + onlyChampion;
  const fewer = Math.min(onlyChallenger, onlyChampion);
  // Terms of the binomial from the largest down, each from the one before: none overflows.
  let logTerm = logBinomialHalf(all, fewer);
  let sum = 0;
  for (let k = fewer; k >= 0; k--) {
    const term = Math.exp(logTerm);
    sum += term;
    if (term < sum * 1e-17) break;
    logTerm += Math.log(k) - Math.log(all - k + 1);
  }
  return Math.min(1, 2 * sum);
}

/** Natural logarithm of the chance of `k` of `n` at one half. */
function logBinomialHalf(n: number, k: number): number {
  let log = -n * Math.LN2;
  for (let i = 1; i <= k; i++) log += Math.log(n - k + i) - Math.log(i);
  return log;
}
