import { describe, expect, it } from 'vitest';
import type { ComparisonVerdict, Verdict } from '#domain/gate.ts';
import { decideGate } from '#domain/gate.ts';
import { packRows } from '#domain/rows.ts';
import { evaluateRows } from '#ml/evaluate-rows.ts';
import {
  calibrationWords,
  curveTable,
  curveWords,
  metricRows,
  sliceTable,
} from '#ui/layout/evaluation-words.ts';
import { boundOf, conditionName, mainCondition } from '#ui/layout/gate-headline.ts';
import {
  askedConditions,
  conditionWords,
  differenceInterval,
  flipWords,
  mcNemarWords,
  outcomeWords,
  withThreshold,
} from '#ui/layout/gate-words.ts';
import { sliceName } from '#ui/layout/slice-name.ts';
import { calibrationPlot, curvePlot, type UnitBox } from '#ui/layout/unit-plot.ts';

const BOX: UnitBox = { size: 120, left: 10, right: 10, top: 10, bottom: 10 };
const rows = packRows(
  Array.from({ length: 40 }, (_, i) => ({
    id: `r${i}`,
    domain: 'phones',
    label: i % 2 === 0 ? 1 : 0,
    text: 'a word or two',
  })),
);
const evaluation = evaluateRows(
  rows,
  Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (i < 4 ? -2 : 2)),
  7,
);

describe('an evaluation in words and places', () => {
  it('names each metric with its interval, or why there is none', () => {
    const [accuracy] = metricRows(evaluation);
    expect(accuracy).toEqual({
      name: 'Accuracy',
      value: '0.900',
      interval: expect.stringMatching(/^0\.\d{3} to \d\.\d{3}$/),
    });
    const one = evaluateRows(packRows([]), [], 7);
    expect(metricRows(one)[0]).toMatchObject({ value: 'none', interval: 'there are no rows' });
  });

  it('draws a curve in a square from corner to corner', () => {
    const plot = curvePlot({ x: [0, 0.5, 1], y: [0, 1, 1] }, BOX);
    expect(plot).toMatchObject({
      path: 'M10.0 110.0L60.0 10.0L110.0 10.0',
      reference: 'M10.0 110.0L110.0 10.0',
    });
    expect(curvePlot({ x: [0], y: [1] }, BOX, 0.25)?.reference).toBe('M10.0 85.0L110.0 85.0');
    expect(curvePlot({ x: [], y: [] }, BOX)).toBeUndefined();
  });

  it('draws calibration with dots as large as their rows', () => {
    const plot = calibrationPlot(evaluation.calibration, BOX);
    expect(plot?.dots).toHaveLength(2);
    expect(Math.max(...(plot?.dots.map(({ r }) => r) ?? []))).toBe(6);
    expect(calibrationPlot([], BOX)).toBeUndefined();
  });

  it('puts slices on one scale, small ones cut at its edge', () => {
    const table = sliceTable(evaluation);
    expect(table.rows.map(({ name }) => name)).toEqual(['domain phones', '1 to 10 words']);
    for (const { whisker } of table.rows) {
      expect(whisker?.from).toBeLessThanOrEqual(whisker?.at ?? NaN);
      expect(whisker?.to).toBeLessThanOrEqual(100);
    }
    const [slice] = evaluation.slices;
    if (!slice) throw new Error('no slice');
    const wide = { value: 0.5, low: 0, high: 1 };
    const small = { ...slice, rows: 3, metrics: { ...slice.metrics, accuracy: wide } };
    const cut = sliceTable({ ...evaluation, slices: [small] });
    expect(cut.low).toBe(0.9);
    expect(cut.rows[0]?.whisker).toMatchObject({ from: 0, at: 0 });
  });

  it('says what a curve shows', () => {
    expect(curveWords('ROC curve', { value: 0.97, low: 0.95, high: 0.98 })).toBe(
      'ROC curve: the area under it is 0.970, 95 % interval 0.950 to 0.980.',
    );
    expect(curveWords('ROC curve', { absent: 'every row is positive' })).toContain(
      'because every row',
    );
    expect(calibrationWords(evaluation.calibration, evaluation.metrics.calibrationError)).toMatch(
      /^Calibration: the expected error is 0\.\d+\. Furthest off: where it said \d+ %/,
    );
    expect(curveTable({ x: [0, 1], y: [1, 0.5] }, 'recall', 'precision')).toEqual({
      columns: ['recall', 'precision'],
      rows: [
        [0, 1],
        [1, 0.5],
      ],
    });
  });

  it.each([
    ['domain:phones', 'domain phones'],
    ['length:11-20', '11 to 20 words'],
    ['length:321+', '321 and more words'],
    ['each', 'each'],
  ])('calls the slice %s %s', (name, words) => expect(sliceName(name)).toBe(words));
});

describe('a verdict in words', () => {
  const verdict: Verdict = decideGate(
    [
      { metric: 'accuracy', atLeast: 0.8 },
      { metric: 'logLoss', atMost: 0.1, severity: 'warn' },
      { metric: 'accuracy', comparison: { kind: 'better', margin: 0.01 } },
    ],
    {
      metrics: { accuracy: 0.9, logLoss: 0.2 },
      against: {
        metrics: { accuracy: 0.91 },
        challenger: { accuracy: 0.9 },
        paired: { rows: 100, onlyChallenger: 1, onlyChampion: 2 },
        difference: { low: -0.04, high: 0.02 },
      },
    },
  );

  it('tells the condition that blocked large, and the first where none did', () => {
    const main = mainCondition(verdict);
    expect(main && [conditionName(main), boundOf(main)]).toEqual(['accuracy', 0.91]);
    const passed = decideGate([{ metric: 'accuracy', atLeast: 0.8 }], {
      metrics: { accuracy: 0.9 },
    });
    expect(mainCondition(passed)?.atLeast).toBe(0.8);
  });

  it('names conditions and how they came out', () => {
    expect(verdict.conditions.map((one) => `${conditionWords(one)}: ${outcomeWords(one)}`)).toEqual(
      [
        'accuracy, at least 0.800: met',
        'logLoss, at most 0.100: not met, which only warns',
        'accuracy, better than the champion by more than 0.01: not met',
      ],
    );
    expect(
      conditionWords({ metric: 'accuracy', comparison: { kind: 'not worse', margin: 0.005 } }),
    ).toBe('accuracy, at most 0.005 worse than the champion');
  });

  it('says what the test says', () => {
    const of = (change: Partial<ComparisonVerdict>): ComparisonVerdict => ({
      rows: 100,
      onlyChallenger: 12,
      onlyChampion: 3,
      difference: { value: 0.09, low: 0.02, high: 0.16 },
      mcNemarP: 0.035,
      ...change,
    });
    expect(mcNemarWords(of({}))).toBe(
      'Of 15 sentences that only one gets right, the new model gets 12: hardly chance (exact McNemar p = 0.035).',
    );
    expect(mcNemarWords(of({ mcNemarP: 0.4 }))).toContain('may well be chance');
    expect(mcNemarWords(of({ mcNemarP: 1e-9 }))).toContain('p below 0.001');
    expect(mcNemarWords(of({ onlyChallenger: 0, onlyChampion: 0 }))).toContain('same sentences');
    expect(differenceInterval(of({ difference: { value: 0, low: -0.02, high: 0.01 } }))).toBe(
      '−0.020 to +0.010',
    );
  });

  it('says of a flip whether it is right now', () => {
    const flip = { id: 'r', text: 'fine', label: 1, champion: 0.31, challenger: 0.84 } as const;
    expect(flipWords(flip)).toBe(
      'Is positive. Positive, said the champion to 31 %, the new model to 84 %: now right.',
    );
    expect(flipWords({ ...flip, label: 0 })).toContain('now wrong');
  });

  it('can be asked again with other thresholds', () => {
    const [first, second, third] = askedConditions(verdict);
    expect(first && withThreshold(first, 0.95)).toEqual({ metric: 'accuracy', atLeast: 0.95 });
    expect(second && withThreshold(second, 0.3)).toEqual({
      metric: 'logLoss',
      atMost: 0.3,
      severity: 'warn',
    });
    expect(third && withThreshold(third, 0.3)).toBe(third);
  });
});
