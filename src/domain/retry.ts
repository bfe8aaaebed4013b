import type { TaskPolicy } from './policies.ts';

/** Why the next attempt starts when it does: the arithmetic, as data. */
export interface RetryDecision {
  /** This retry's number, counted from 1. */
  readonly retry: number;
  readonly retries: number;
  readonly delayMs: number;
  readonly rule: 'fixed' | 'list';
  /** Position in the list of delays, counted from 1. */
  readonly position: number;
}

/** The retry after `retriesUsed` earlier ones, or undefined when they are exhausted. */
export function nextRetry(policy: TaskPolicy, retriesUsed: number): RetryDecision | undefined {
  if (retriesUsed >= policy.retries) return undefined;
  const delays = policy.retryDelaysSeconds;
  const position = Math.min(retriesUsed, delays.length - 1);
  return {
    retry: retriesUsed + 1,
    retries: policy.retries,
    delayMs: Math.round((delays[position] ?? 0) * 1000),
    rule: delays.length === 1 ? 'fixed' : 'list',
    position: position + 1,
  };
}

/** `5 s (fixed delay)`, `2 s (2nd of the list)`: the right-hand side of "waited 5.0 s = ...". */
export function describeRetryRule(decision: RetryDecision): string {
  const seconds = `${decision.delayMs / 1000} s`;
  return decision.rule === 'fixed'
    ? `${seconds} (fixed delay)`
    : `${seconds} (no. ${decision.position} of the list)`;
}
