/** A stretch of time that is given a width of its own, in px. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly px: number;
}

export interface TimeScale {
  /** Content width in px: the width asked for, or more when the minimums need it. */
  readonly width: number;
  /** Px per ms where nothing is stretched or collapsed. */
  readonly rate: number;
  /** Px of an instant; instants outside are clamped. */
  at(time: number): number;
}

export interface ScaleInput {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** At least so wide: short attempts stay visible, and what follows moves along, so that order stays readable. */
  readonly minimums: readonly Stretch[];
  /** Exactly so wide: collapsed idle time. */
  readonly collapsed: readonly Stretch[];
}

interface Slice {
  readonly from: number;
  readonly ms: number;
  readonly fixed?: number;
  readonly floor: number;
}

/** Maps time to px in pieces: proportional but for minimums and collapsed stretches. Invariant: it never runs backwards. */
export function timeScale(input: ScaleInput): TimeScale {
  const slices = withFloors(cut(input), input.minimums);
  const fixed = sum(slices.map((slice) => slice.fixed ?? 0));
  const floors = sum(slices.map((slice) => (slice.fixed === undefined ? slice.floor : 0)));
  const free = Math.max(input.width - fixed, floors);
  const rate = rateFor(
    slices.filter((slice) => slice.fixed === undefined),
    free,
  );
  const widths = slices.map((slice) => slice.fixed ?? Math.max(slice.floor, rate * slice.ms));
  const lefts = runningSums(widths);
  return { width: fixed + free, rate, at: (time) => place(slices, widths, lefts, time) };
}

function cut({ from, to, minimums, collapsed }: ScaleInput): readonly Slice[] {
  const bounds = [...minimums, ...collapsed].flatMap((stretch) => [stretch.from, stretch.to]);
  const inside = bounds.filter((time) => time > from && time < to);
  const times = [...new Set([from, ...inside, to])].sort((a, b) => a - b);
  return times.slice(0, -1).map((start, i) => {
    const ms = (times[i + 1] ?? start) - start;
    const within = collapsed.find((stretch) => stretch.from <= start && start < stretch.to);
    const share = within ? within.px * (ms / (within.to - within.from)) : undefined;
    return { from: start, ms, floor: 0, ...(share === undefined ? {} : { fixed: share }) };
  });
}

/** Shortest first, so that a long stretch counts what the short ones inside it already got. */
function withFloors(slices: readonly Slice[], minimums: readonly Stretch[]): readonly Slice[] {
  const floors = slices.map((slice) => slice.fixed ?? 0);
  const byLength = [...minimums].sort((a, b) => a.to - a.from - (b.to - b.from));
  for (const { from, to, px } of byLength) {
    const inside = slices.flatMap((slice, i) => (slice.from >= from && slice.from < to ? [i] : []));
    const missing = px - sum(inside.map((i) => floors[i] ?? 0));
    const open = inside.filter((i) => slices[i]?.fixed === undefined);
    const ms = sum(open.map((i) => slices[i]?.ms ?? 0));
    if (missing > 0)
      for (const i of open) floors[i] = (floors[i] ?? 0) + missing * ((slices[i]?.ms ?? 0) / ms);
  }
  return slices.map((slice, i) => ({ ...slice, floor: floors[i] ?? 0 }));
}

/** The rate at which the widths `max(floor, rate * ms)` add up to `free`. */
function rateFor(slices: readonly Slice[], free: number): number {
  const tightFirst = [...slices].sort((a, b) => b.floor / b.ms - a.floor / a.ms);
  let left = free;
  let ms = sum(slices.map((slice) => slice.ms));
  for (const slice of tightFirst) {
    if (ms <= 0 || slice.floor <= (left / ms) * slice.ms) break;
    left -= slice.floor;
    ms -= slice.ms;
  }
  return ms > 0 ? Math.max(0, left / ms) : 0;
}

function place(
  slices: readonly Slice[],
  widths: readonly number[],
  lefts: readonly number[],
  time: number,
): number {
  const i = lastFrom(slices, time);
  const slice = slices[i];
  if (!slice) return 0;
  const share = Math.min(1, Math.max(0, (time - slice.from) / slice.ms));
  return (lefts[i] ?? 0) + share * (widths[i] ?? 0);
}

/** The last slice that begins by `time`, else the first. */
function lastFrom(slices: readonly Slice[], time: number): number {
  let low = 0;
  let high = slices.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slices[middle]?.from ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low - 1);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function runningSums(numbers: readonly number[]): readonly number[] {
  let total = 0;
  return numbers.map((n) => (total += n) - n);
}
