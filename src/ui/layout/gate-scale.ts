export interface GateScale {
  readonly low: number;
  readonly high: number;
  /** Per cent of the scale; a value outside stands at the edge. */
  readonly threshold: number;
  readonly value?: GateMark;
  readonly champion?: GateMark;
  readonly whisker?: { readonly from: GateMark; readonly to: GateMark };
}

export interface GateMark {
  readonly at: number;
  /** On which side the value lies outside the scale. */
  readonly beyond?: 'low' | 'high';
}

interface Measured {
  readonly threshold: number;
  readonly value?: number | undefined;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly champion?: number | undefined;
}

/** The threshold in the middle, 0.05 to 0.1 to each side, whichever shows more; never from 0 to 1. */
export function gateScale({ threshold, value, low, high, champion }: Measured): GateScale {
  const told = [value, low, high, champion].filter((n) => n !== undefined);
  const reach = Math.max(0, ...told.map((n) => Math.abs(n - threshold)));
  const half = reach <= 0.05 ? 0.05 : 0.1;
  const from = threshold - half;
  const share = (n: number): number => Math.min(100, Math.max(0, ((n - from) / (2 * half)) * 100));
  const mark = (n: number): GateMark => ({
    at: share(n),
    ...(n < from ? { beyond: 'low' } : n > threshold + half ? { beyond: 'high' } : {}),
  });
  return {
    low: from,
    high: threshold + half,
    threshold: 50,
    ...(value === undefined ? {} : { value: mark(value) }),
    ...(champion === undefined ? {} : { champion: mark(champion) }),
    ...(low === undefined || high === undefined
      ? {}
      : { whisker: { from: mark(low), to: mark(high) } }),
  };
}
