import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { evaluationSchema } from '#domain/evaluation-schema.ts';
import { packRows, type LabelledText } from '#domain/rows.ts';
import { measureWithIntervals } from '#ml/bootstrap.ts';
import { evaluateRows } from '#ml/evaluate-rows.ts';
import { rank } from '#ml/ranked.ts';
import { resampling } from '#ml/resampling.ts';
import { seededRandom } from '#ml/seeded.ts';

const row = (i: number, label: 0 | 1, words: number, domain = 'phones'): LabelledText => ({
  id: `r${i}`,
  domain,
  label,
  text: Array.from({ length: words }, () => 'word').join(' '),
});

/** Scores that are right about themselves: a row is positive as often as its score says. */
function honest(count: number) {
  const random = seededRandom(11);
  const scores = Float64Array.from({ length: count }, () => (random() - 0.5) * 8);
  const labels = Array.from(scores, (score) => (random() < 1 / (1 + Math.exp(-score)) ? 1 : 0));
  return { scores, labels };
}

describe('an evaluation of rows', () => {
  const { scores, labels } = honest(600);
  const batch = packRows(
    labels.map((label, i) =>
      row(i, label === 1 ? 1 : 0, 1 + (i % 50), i % 3 === 0 ? 'books' : 'phones'),
    ),
  );
  const evaluation = evaluateRows(batch, scores, 7);

  test('is what the engine takes as an artifact', () => {
    expect(v.parse(evaluationSchema, evaluation)).toEqual(evaluation);
  });

  test('is the same for the same seed, and another for another', () => {
    expect(evaluateRows(batch, scores, 7)).toEqual(evaluation);
    expect(evaluateRows(batch, scores, 8).metrics).not.toEqual(evaluation.metrics);
  });

  test('slices by domain and by length in words', () => {
    expect(evaluation.slices.map(({ name, rows }) => [name, rows])).toEqual([
      ['domain:books', 200],
      ['domain:phones', 400],
      ['length:1-10', 120],
      ['length:11-20', 120],
      ['length:21-40', 240],
      ['length:41-80', 120],
    ]);
  });

  test('has curves between their corners, of 200 points at most', () => {
    const { roc, precisionRecall } = evaluation;
    expect([roc.x[0], roc.y[0], roc.x.at(-1), roc.y.at(-1)]).toEqual([0, 0, 1, 1]);
    expect([precisionRecall.x[0], precisionRecall.x.at(-1)]).toEqual([0, 1]);
    expect(Math.max(roc.x.length, precisionRecall.x.length)).toBeLessThanOrEqual(200);
    expect([...roc.x].sort((a, b) => a - b)).toEqual(roc.x);
  });

  test('tells the mistakes it was surest of first', () => {
    const sure = evaluation.mistakes.map(({ probability }) => Math.abs(probability - 0.5));
    expect(evaluation.mistakes).toHaveLength(20);
    expect([...sure].sort((a, b) => b - a)).toEqual(sure);
    for (const { probability, label } of evaluation.mistakes)
      expect(probability > 0.5).toBe(label === 0);
  });

  test('says of a slice with one label why a metric has no value', () => {
    const one = evaluateRows(packRows([row(1, 1, 3), row(2, 1, 4)]), [1, -1], 7);
    expect(one.metrics).toMatchObject({
      accuracy: { value: 0.5 },
      rocAuc: { absent: 'every row is positive' },
    });
    const none = evaluateRows(packRows([row(1, 0, 3), row(2, 0, 4)]), [-1, -1], 7);
    expect(none.metrics).toMatchObject({
      precision: { absent: 'no row was called positive' },
      recall: { absent: 'no row is positive' },
      prAuc: { absent: 'no row is positive' },
    });
    expect(evaluateRows(packRows([]), [], 7).metrics.accuracy).toEqual({
      absent: 'there are no rows',
    });
    expect(JSON.stringify([one, none])).not.toContain('null');
  });

  test('cuts a long text, and keeps the message small', () => {
    const long = packRows([{ ...row(1, 1, 1), text: 'x'.repeat(5_000_000) }]);
    expect(evaluateRows(long, [-3], 7).mistakes[0]?.text).toHaveLength(500);
  });
});

describe('bootstrap intervals', () => {
  test('of many rows in groups are those of single rows', () => {
    const { scores, labels } = honest(6000);
    const ranked = rank(scores, labels);
    expect(resampling(ranked, 1).cells.count).toBeLessThan(1000);
    const accuracy = measureWithIntervals(ranked, 3).accuracy;
    if (!('value' in accuracy)) throw new Error('no accuracy');
    // The normal approximation: 1.96 standard errors to each side.
    const half = 1.96 * Math.sqrt((accuracy.value * (1 - accuracy.value)) / 6000);
    expect(accuracy.high - accuracy.value).toBeCloseTo(half, 2.7);
    expect(accuracy.value - accuracy.low).toBeCloseTo(half, 2.7);
  });

  test('of few rows are as wide as the normal approximation says', () => {
    const { scores, labels } = honest(900);
    const accuracy = measureWithIntervals(rank(scores, labels), 3).accuracy;
    if (!('value' in accuracy)) throw new Error('no accuracy');
    const half = 1.96 * Math.sqrt((accuracy.value * (1 - accuracy.value)) / 900);
    expect((accuracy.high - accuracy.low) / (2 * half)).toBeGreaterThan(0.9);
    expect((accuracy.high - accuracy.low) / (2 * half)).toBeLessThan(1.1);
  });
});
