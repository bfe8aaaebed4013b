import type { RetryPolicy } from './policies.ts';

/** Why the next attempt starts when it does: the arithmetic, as data. */
export interface RetryDecision {
  /** This retry's number, counted from 1. */
  readonly retry: number;
  readonly retries: number;
  readonly delayMs: number;
  readonly rule: 'fixed' | 'list';
  /** Position in the list of delays, counted from 1. */
  readonly position: number;
  /** Present when the delay was drawn around its mean. */
  readonly jitter?: { readonly factor: number; readonly meanMs: number };
}

/**
 * The retry after `retriesUsed` earlier ones, or undefined when they are exhausted.
 * @param draw 0..1, the chance that jitter uses
 */
export function nextRetry(
  policy: RetryPolicy,
  retriesUsed: number,
  draw = 0.5,
): RetryDecision | undefined {
  if (retriesUsed >= policy.retries) return undefined;
  const delays = policy.retryDelaysSeconds;
  const position = Math.min(retriesUsed, delays.length - 1);
  const meanMs = (delays[position] ?? 0) * 1000;
  const factor = policy.retryJitterFactor;
  return {
    retry: retriesUsed + 1,
    retries: policy.retries,
    delayMs: Math.round(jittered(meanMs, factor, draw)),
    rule: delays.length === 1 ? 'fixed' : 'list',
    position: position + 1,
    ...(factor > 0 && meanMs > 0 ? { jitter: { factor, meanMs } } : {}),
  };
}

/**
 * An exponential delay around its mean, cut so that as much chance lies below the mean as above it. The upper bound is
 * `mean * (1 + factor)`, the lower `mean * log2(2^(1+factor) / (2^(1+factor) - 1))`, as on Prefect's server.
 */
function jittered(mean: number, factor: number, draw: number): number {
  if (factor === 0 || mean === 0) return mean;
  const [low, high] = jitterBounds(factor);
  const chanceBelow = (multiple: number) => 1 - Math.exp(-multiple);
  const chance = chanceBelow(low) + draw * (chanceBelow(high) - chanceBelow(low));
  return mean * Math.min(high, Math.max(low, -Math.log(1 - chance)));
}

/** Least and most, as multiples of the mean. */
export function jitterBounds(factor: number): readonly [low: number, high: number] {
  const power = 2 ** (1 + factor);
  return [Number.isFinite(power) ? Math.log2(power / (power - 1)) : 0, 1 + factor];
}

/** `5 s (fixed delay), no jitter`, `2.4 s (2 s, no. 2 of the list, jitter 0.3)`: the right-hand side of "waited 5.0 s = ...". */
export function describeRetryRule(decision: RetryDecision): string {
  const { rule, position, delayMs, jitter } = decision;
  const which = rule === 'fixed' ? 'fixed delay' : `no. ${position} of the list`;
  const seconds = (ms: number) => `${Math.round(ms) / 1000} s`;
  if (!jitter) return `${seconds(delayMs)} (${which}), no jitter`;
  return `${seconds(delayMs)} (${seconds(jitter.meanMs)}, ${which}, jitter ${jitter.factor})`;
}
