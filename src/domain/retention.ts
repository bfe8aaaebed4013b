import { showValue } from './show-value.ts';

/** Which ended runs are kept; what is absent keeps all. Runs that are on are always kept. */
export interface RetentionPolicy {
  /** The newest so many; runs that are on count among them. */
  readonly keepRuns?: number;
  /** Those created in the last so many days of 24 hours. */
  readonly keepDays?: number;
}

/** Which runs to delete now. */
export type RetentionRequest = RetentionPolicy & {
  /** The oldest so many that have ended. */
  readonly oldest?: number;
};

export type Retained =
  /** How many runs are deleted: they are no longer listed, and what belonged to them goes in the background. */
  { readonly ok: true; readonly runs: number } | { readonly ok: false; readonly reason: string };

/** What is kept here, and how much room there is. */
export interface StorageUse {
  /** Flow runs that are listed. */
  readonly runs: number;
  /** Deleted runs of which something is left. */
  readonly removing: number;
  /** Bytes that this site uses and may use, as the browser estimates them; absent where it does not say. */
  readonly usedBytes?: number;
  readonly quotaBytes?: number;
  readonly policy: RetentionPolicy;
}

/** What is wrong with the numbers, as a sentence; undefined when nothing is. */
export function retentionProblem(request: RetentionRequest): string | undefined {
  const { oldest, keepRuns, keepDays } = request;
  const whole = 'a whole number of 0 or more';
  if (!isCount(oldest)) return `The runs to delete must be ${whole}, not ${showValue(oldest)}.`;
  if (!isCount(keepRuns)) return `The runs to keep must be ${whole}, not ${showValue(keepRuns)}.`;
  if (keepDays === undefined || (Number.isFinite(keepDays) && keepDays >= 0)) return undefined;
  return `The days to keep must be a number of 0 or more, not ${showValue(keepDays)}.`;
}

const isCount = (value: number | undefined): boolean =>
  value === undefined || (Number.isSafeInteger(value) && value >= 0);
