const MOST = 5;

/** Two to five numbers that people read as round, which hold `low` and `high` between them. */
export function roundTicks(low: number, high: number): readonly number[] {
  const [from, to] = low === high ? around(low) : [low, high];
  const least = (to - from) / (MOST - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const steps = [1, 2, 5, 10, 20, 50].map((factor) => factor * power);
  for (const step of steps) {
    const ticks = ticksAt(step, from, to);
    if (ticks.length <= MOST) return ticks;
  }
  return [from, to];
}

/** Something to stand in the middle of, when there is one value only. */
const around = (value: number): readonly [number, number] =>
  value === 0 ? [0, 1] : value > 0 ? [0, value] : [value, 0];

function ticksAt(step: number, from: number, to: number): readonly number[] {
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return [from, to];
  // By division where the step is below 1: 3 * 0.1 is not 0.3.
  const at = (i: number) => (step < 1 ? i / Math.round(1 / step) : i * step);
  return Array.from({ length: Math.min(99, last - first + 1) }, (_, i) =>
    step >= 1e-9 ? at(first + i) : (first + i) * step,
  );
}

/** With as many digits as tell the ticks apart: `0.25`, `1.5M`, `2e-9`. */
export function tickText(value: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const size = Math.max(...ticks.map(Math.abs));
  if (value === 0) return '0';
  if (size >= 1e15 || size < 1e-4) {
    const digits = Math.ceil(Math.log10(size / step) - 1e-9);
    return value.toExponential(Math.min(12, Math.max(0, digits)));
  }
  const [unit, name] = (
    [
      [1e12, 'T'],
      [1e9, 'B'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([least]) => size >= 10 * least) ?? [1, ''];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
  const text = (value / unit).toFixed(Math.min(12, digits));
  return `${text}${name}`;
}
