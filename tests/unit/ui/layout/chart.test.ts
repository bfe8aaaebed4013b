import { describe, expect, it } from 'vitest';
import { chartLayout, type ChartBox, type ChartContent } from '#ui/layout/chart.ts';
import { chartTable, chartWords } from '#ui/layout/artifact-words.ts';
import { roundTicks, tickText } from '#ui/layout/round-ticks.ts';

const box: ChartBox = { width: 440, height: 120, left: 40, right: 0, top: 10, bottom: 10 };

const chart = (
  kind: ChartContent['chart'],
  x: ChartContent['x'],
  ...values: readonly (readonly (number | null)[])[]
): ChartContent => ({
  type: 'chart',
  chart: kind,
  x,
  series: values.map((own, i) => ({ name: `s${i + 1}`, values: own })),
});

const layout = (content: ChartContent) => {
  const made = chartLayout(content, box);
  if (!made) throw new Error('Nothing was drawn.');
  return made;
};

describe('a line chart', () => {
  it('spreads numbers on their scale, and names side by side', () => {
    expect(layout(chart('line', [0, 1, 4], [0, 1, 0])).series[0]?.path).toBe(
      'M40.0 110.0L140.0 10.0L440.0 110.0',
    );
    expect(layout(chart('line', ['a', 'b'], [0, 1])).series[0]?.path).toBe(
      'M140.0 110.0L340.0 10.0',
    );
  });

  it('is broken where a value is missing, and a value alone is a dot', () => {
    const { path, dots } = layout(chart('line', [0, 1, 2, 3, 4], [0, null, 1, null, 0])).series[0]!;
    expect(path.match(/M/g)).toHaveLength(3);
    expect(path).not.toContain('L');
    expect(dots).toHaveLength(3);
    const joined = layout(chart('line', [0, 1, 2, 3], [0, 1, null, 1])).series[0]!;
    expect(joined.path).toMatch(/^M[^M]*L[^M]*M[^ML]*$/);
    expect(joined.dots).toHaveLength(1);
  });

  it('of one point stands in the middle', () => {
    const { dots } = layout(chart('line', [5], [2])).series[0]!;
    expect(dots).toEqual([{ x: 240, y: 10 }]);
  });

  it('of values that are all alike is drawn', () => {
    const { series, rules } = layout(chart('line', [1, 2], [0.5, 0.5]));
    expect(series[0]?.path).not.toContain('NaN');
    expect(rules.map(({ label }) => label)).toEqual(['0', '0.2', '0.4', '0.6']);
  });
});

describe('a bar chart', () => {
  it('stands on zero, also for values below', () => {
    const { series, rules } = layout(chart('bar', ['a', 'b'], [2, -2]));
    const [up, down] = series[0]?.bars ?? [];
    expect(up!.y + up!.height).toBeCloseTo(down!.y);
    expect(up!.height).toBeCloseTo(down!.height);
    expect(rules.map(({ label }) => label)).toEqual(['-2', '-1', '0', '1', '2']);
  });

  it('has the bars of one place beside each other, in its width', () => {
    const { series } = layout(chart('bar', ['a', 'b'], [1, 2], [2, null]));
    const [one, two] = series;
    expect(one?.bars).toHaveLength(2);
    expect(two?.bars).toHaveLength(1);
    const [first, second] = [one!.bars[0]!, two!.bars[0]!];
    expect(first.x + first.width).toBeLessThan(second.x);
    expect(second.x + second.width).toBeLessThan(one!.bars[1]!.x);
  });
});

describe('what stands beside a chart', () => {
  it('is none where there is no value', () => {
    expect(chartLayout(chart('line', [], []), box)).toBeUndefined();
    expect(chartLayout(chart('bar', ['a'], [null]), box)).toBeUndefined();
  });

  it('names as many places as there is room for, the first and the last always', () => {
    const names = Array.from({ length: 100 }, (_, i) => `day ${i + 1}`);
    const { ticks } = layout(
      chart(
        'bar',
        names,
        names.map((_, i) => i),
      ),
    );
    const labels = ticks.map(({ label }) => label);
    expect(labels[0]).toBe('day 1');
    expect(labels.at(-1)).toBe('day 100');
    for (const [i, tick] of ticks.entries())
      if (i > 0) expect(tick.x - ticks[i - 1]!.x).toBeGreaterThan(7 * 6);
  });

  it('cuts long names', () => {
    const { ticks } = layout(chart('bar', ['a name that is far too long'], [1]));
    expect(ticks.map(({ label }) => label)).toEqual(['a name that i…']);
  });

  it('has rules on round numbers that hold all values', () => {
    for (const [low, high] of [
      [0, 1],
      [0.1234, 0.5678],
      [-3, 17],
      [1e-12, 5e-12],
      [1e9, 7e12],
      [0, 0],
      [-5, -5],
      [0.3, 0.30001],
    ] as const) {
      const ticks = roundTicks(low, high);
      expect(ticks.length, `${low} ${high}`).toBeGreaterThanOrEqual(2);
      expect(ticks.length, `${low} ${high}`).toBeLessThanOrEqual(5);
      expect(ticks[0]).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
      expect(new Set(ticks.map((tick) => tickText(tick, ticks))).size).toBe(ticks.length);
    }
  });

  it('writes them short', () => {
    const text = (low: number, high: number) => {
      const ticks = roundTicks(low, high);
      return ticks.map((tick) => tickText(tick, ticks));
    };
    expect(text(0, 1)).toEqual(['0', '0.5', '1.0']);
    expect(text(0, 40_000)).toEqual(['0', '10k', '20k', '30k', '40k']);
    expect(text(0, 4e-9)).toEqual(['0', '1.0e-9', '2.0e-9', '3.0e-9', '4.0e-9']);
    expect(text(0, 3)).toEqual(['0', '1', '2', '3']);
    expect(text(3.25e20, 3.26e20)[0]).toBe('3.250e+20');
  });

  it('says in words what is drawn', () => {
    const content: ChartContent = {
      ...chart('line', [1, 2, 3], [0.9, null, 0.3], [null, null, null]),
      xLabel: 'epoch',
      yLabel: 'loss',
    };
    expect(chartWords(content)).toBe(
      'Line chart of loss over epoch, 3 places. s1: from 0.9 at 1 to 0.3 at 3, lowest 0.3 at 3, highest 0.9 at 1. s2: no value.',
    );
    expect(chartWords(chart('bar', ['a'], [1]))).toBe('Bar chart, 1 place. s1: 1 at a.');
    expect(chartTable(content)).toEqual({
      columns: ['epoch', 's1', 's2'],
      rows: [
        [1, 0.9, null],
        [2, null, null],
        [3, 0.3, null],
      ],
    });
  });
});
