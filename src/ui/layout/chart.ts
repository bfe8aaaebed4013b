import type { ArtifactContent } from '#domain/artifacts.ts';
import { roundTicks, tickText } from './round-ticks.ts';

export type ChartContent = Extract<ArtifactContent, { type: 'chart' }>;

export interface ChartBox {
  readonly width: number;
  readonly height: number;
  /** Room for what stands left of and below the plot. */
  readonly left: number;
  readonly bottom: number;
  readonly top: number;
  readonly right: number;
}

export interface ChartLayout {
  readonly series: readonly SeriesLayout[];
  readonly rules: readonly { readonly y: number; readonly label: string }[];
  readonly ticks: readonly ChartTick[];
}

export interface SeriesLayout {
  readonly name: string;
  /** Of a line: broken where a value is missing. Empty for bars. */
  readonly path: string;
  /** Values with no neighbour to draw a line to. */
  readonly dots: readonly { readonly x: number; readonly y: number }[];
  readonly bars: readonly Bar[];
}

interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartTick {
  readonly x: number;
  readonly label: string;
  readonly align: 'start' | 'middle' | 'end';
}

const CHARACTER_PX = 7;
const LABEL_CHARACTERS = 14;
const GAP_PX = 16;

/** Undefined when there is nothing to draw: no place, or no value at any. */
export function chartLayout(content: ChartContent, box: ChartBox): ChartLayout | undefined {
  const values = content.series.flatMap((one) => one.values.filter((value) => value !== null));
  if (values.length === 0) return undefined;
  const places = placesOf(content, box);
  const { low, high } = rangeOf(values, content.chart);
  const rules = roundTicks(low, high);
  const y = scale(rules[0] ?? 0, rules.at(-1) ?? 1, box.height - box.bottom, box.top);
  const series = content.series.map(({ name, values: own }, s) =>
    content.chart === 'line'
      ? lineOf(name, own, places.x, y)
      : barsOf(name, own, { places, y, slot: s, slots: content.series.length }),
  );
  return {
    series,
    rules: rules.map((value) => ({ y: y(value), label: tickText(value, rules) })),
    ticks: ticksOf(content.x, places.x, box),
  };
}

function rangeOf(values: readonly number[], chart: ChartContent['chart']) {
  // Bars stand on zero.
  const start = chart === 'bar' ? { low: 0, high: 0 } : { low: Infinity, high: -Infinity };
  return values.reduce(
    ({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }),
    start,
  );
}

interface Places {
  readonly x: readonly number[];
  /** Room of one place: what the bars of its values share. */
  readonly step: number;
}

/** Numbers of a line stand where they belong on their scale; everything else side by side. */
function placesOf({ chart, x }: ChartContent, box: ChartBox): Places {
  const width = box.width - box.left - box.right;
  const step = width / Math.max(1, x.length);
  const numbers = x.filter((one) => typeof one === 'number');
  if (chart === 'bar' || numbers.length < x.length)
    return { step, x: x.map((_, i) => box.left + step * (i + 0.5)) };
  const [low, high] = numbers.reduce(
    ([least, most], one) => [Math.min(least, one), Math.max(most, one)],
    [Infinity, -Infinity],
  );
  const at = scale(low, high, box.left, box.left + width);
  return { step, x: numbers.map((one) => (low === high ? box.left + width / 2 : at(one))) };
}

const scale =
  (from: number, to: number, a: number, b: number) =>
  (n: number): number =>
    a + ((n - from) / (to - from || 1)) * (b - a);

function lineOf(
  name: string,
  values: readonly (number | null)[],
  x: readonly number[],
  y: (value: number) => number,
): SeriesLayout {
  const spot = (i: number) => {
    const value = values[i];
    return typeof value === 'number' ? { x: x[i] ?? 0, y: y(value) } : undefined;
  };
  const dots: { x: number; y: number }[] = [];
  let path = '';
  values.forEach((_, i) => {
    const here = spot(i);
    if (!here) return;
    const before = spot(i - 1);
    path += `${before ? 'L' : 'M'}${here.x.toFixed(1)} ${here.y.toFixed(1)}`;
    if (!before && !spot(i + 1)) dots.push(here);
  });
  return { name, path, dots, bars: [] };
}

interface Slot {
  readonly places: Places;
  readonly y: (value: number) => number;
  readonly slot: number;
  readonly slots: number;
}

function barsOf(
  name: string,
  values: readonly (number | null)[],
  { places, y, slot, slots }: Slot,
): SeriesLayout {
  const group = places.step * 0.76;
  const width = group / slots;
  const bars = values.flatMap((value, i) => {
    if (value === null) return [];
    const [top, end] = [y(Math.max(0, value)), y(Math.min(0, value))];
    const left = (places.x[i] ?? 0) - group / 2 + width * slot;
    return [{ x: left, y: top, width: Math.max(0.5, width - 1), height: Math.max(0.5, end - top) }];
  });
  return { name, path: '', dots: [], bars };
}

/** Names of places, as many as stand beside each other; the first and the last where there are two. */
function ticksOf(
  names: ChartContent['x'],
  x: readonly number[],
  box: ChartBox,
): readonly ChartTick[] {
  const ticks: ChartTick[] = [];
  let free = -Infinity;
  names.forEach((name, i) => {
    const tick = tickAt(name, x[i] ?? 0, box);
    const { from, to } = extent(tick);
    if (from < free) return;
    ticks.push(tick);
    free = to + GAP_PX;
  });
  return withLast(ticks, names, x, box);
}

function withLast(
  ticks: readonly ChartTick[],
  names: ChartContent['x'],
  x: readonly number[],
  box: ChartBox,
): readonly ChartTick[] {
  const name = names.at(-1);
  if (name === undefined) return ticks;
  const last = tickAt(name, x.at(-1) ?? 0, box);
  if (ticks.at(-1)?.x === last.x) return ticks;
  const room = extent(last).from - GAP_PX;
  return [...ticks.filter((tick, i) => i === 0 || extent(tick).to <= room), last];
}

function tickAt(name: string | number, x: number, box: ChartBox): ChartTick {
  const text = typeof name === 'number' ? String(Number(name.toPrecision(6))) : name;
  const label = text.length <= LABEL_CHARACTERS ? text : `${text.slice(0, LABEL_CHARACTERS - 1)}…`;
  const half = (label.length * CHARACTER_PX) / 2;
  const align =
    x - half < 0
      ? ('start' as const)
      : x + half > box.width
        ? ('end' as const)
        : ('middle' as const);
  return { x, label, align };
}

function extent({ x, label, align }: ChartTick) {
  const width = label.length * CHARACTER_PX;
  const from = align === 'start' ? x : align === 'end' ? x - width : x - width / 2;
  return { from, to: from + width };
}
