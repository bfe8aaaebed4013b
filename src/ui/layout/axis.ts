import { duration } from './numbers.ts';
import type { Span } from './idle.ts';
import type { TimeScale } from './time-scale.ts';

export interface Tick {
  readonly left: number;
  readonly label: string;
  readonly align: 'start' | 'center' | 'end';
}

/** Ms between ticks: what people read as round. */
const STEPS: readonly [number, ...number[]] = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_200_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];
const TICK_PX = 84;
const LABEL_PX = 52;
const CHARACTER_PX = 7;

/** The smallest round step whose ticks stand at least `TICK_PX` apart. */
function tickStep(ms: number, px: number): number {
  const least = (ms / Math.max(px, 1)) * TICK_PX;
  return STEPS.find((step) => step >= least) ?? 86_400_000 * Math.ceil(least / 86_400_000);
}

/** `ms` rounded up so that the axis ends on a round number: closely once the run is over, coarsely while it grows. */
export function roundedEnd(ms: number, px: number, live: boolean): number {
  const close = STEPS.findLast((step) => step <= ms / 8) ?? STEPS[0];
  const step = live ? tickStep(ms, px) : close;
  return Math.max(step, Math.ceil(ms / step) * step);
}

/** Ticks from `from` to `to`, none inside collapsed time, none where labels would run into each other. */
export function axisTicks(
  scale: TimeScale,
  span: Span,
  collapsed: readonly Span[],
): readonly Tick[] {
  const hidden = collapsed.reduce((ms, gap) => ms + gap.to - gap.from, 0);
  const step = tickStep(span.to - span.from - hidden, scale.width);
  const first: Tick = { left: 0, label: '0 s', align: 'start' };
  const last: Tick = { left: scale.width, label: tickLabel(span.to - span.from), align: 'end' };
  const ticks: Tick[] = [first];
  const edge = scale.at(Math.max(span.from, ...collapsed.map((gap) => gap.to)));
  const ends = last.left - edge >= last.label.length * CHARACTER_PX ? [last] : [];
  for (let at = span.from + step; at < span.to; at += step) {
    const left = scale.at(at);
    const room = left - (ticks.at(-1)?.left ?? 0) >= LABEL_PX && last.left - left >= LABEL_PX * 1.3;
    if (!room || collapsed.some((gap) => gap.from < at && at < gap.to)) continue;
    ticks.push({ left, label: tickLabel(at - span.from), align: 'center' });
  }
  return [...ticks, ...ends];
}

/** `2 s`, `0.5 s`, `17 min 20 s`: no more digits than the step has. */
function tickLabel(ms: number): string {
  return ms < 60_000 ? `${Number((ms / 1000).toFixed(1))} s` : duration(ms);
}
