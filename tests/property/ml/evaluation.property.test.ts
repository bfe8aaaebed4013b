import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { METRICS } from '#domain/evaluation.ts';
import { packRows } from '#domain/rows.ts';
import { differenceInterval, measureWithIntervals } from '#ml/bootstrap.ts';
import { evaluateRows } from '#ml/evaluate-rows.ts';
import { rank } from '#ml/ranked.ts';
import { metricsOf } from '#ml/ranked-metrics.ts';

const SEED = 20261124;
const scored = fc.array(
  fc.record({
    score: fc.integer({ min: -8, max: 8 }).map((n) => n / 2),
    label: fc.constantFrom(0, 1),
  }),
  { minLength: 1, maxLength: 40 },
);
type Scored = readonly { readonly score: number; readonly label: number }[];
const ranked = (rows: Scored) =>
  rank(
    rows.map(({ score }) => score),
    rows.map(({ label }) => label),
  );

/** By its definition: pairs of a positive and a negative row, a tie is half. */
function pairCount(rows: Scored): number {
  let [sum, pairs] = [0, 0];
  for (const positive of rows.filter(({ label }) => label === 1))
    for (const negative of rows.filter(({ label }) => label === 0)) {
      pairs++;
      sum += positive.score > negative.score ? 1 : positive.score === negative.score ? 0.5 : 0;
    }
  return sum / pairs;
}

describe('an evaluation', () => {
  test('ROC AUC is the share of pairs in the right order', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        const found = metricsOf(ranked(rows))[METRICS.indexOf('rocAuc')] ?? NaN;
        const expected = pairCount(rows);
        if (Number.isNaN(expected)) expect(found).toBeNaN();
        else expect(found).toBeCloseTo(expected, 10);
      }),
      { seed: SEED },
    );
  });

  test('an interval holds its estimate, and lies within 0 and 1 but for the log loss', () => {
    fc.assert(
      fc.property(scored, fc.nat(), (rows, seed) => {
        for (const [metric, one] of Object.entries(measureWithIntervals(ranked(rows), seed))) {
          if (!('value' in one)) continue;
          expect(one.low).toBeLessThanOrEqual(one.value);
          expect(one.high).toBeGreaterThanOrEqual(one.value);
          expect(one.low).toBeGreaterThanOrEqual(0);
          if (metric !== 'logLoss') expect(one.high).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
      { seed: SEED, numRuns: 25 },
    );
  });

  test('the order of the rows changes nothing', () => {
    const rowsAndOrder = scored.chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        order: fc.shuffledSubarray(
          rows.map((_, i) => i),
          { minLength: rows.length },
        ),
      }),
    );
    fc.assert(
      fc.property(rowsAndOrder, ({ rows, order }) => {
        const evaluated = (indexes: readonly number[]) =>
          evaluateRows(
            packRows(
              indexes.map((i) => ({
                id: `r${i}`,
                domain: `d${i % 3}`,
                label: rows[i]?.label === 1 ? 1 : 0,
                text: 'a b',
              })),
            ),
            indexes.map((i) => rows[i]?.score ?? 0),
            5,
          );
        expect(evaluated(order)).toEqual(evaluated(rows.map((_, i) => i)));
      }),
      { seed: SEED, numRuns: 10 },
    );
  });

  test('the interval of a difference holds it, and turns round with the two models', () => {
    const counts = fc.record({ a: fc.nat(30), b: fc.nat(30), same: fc.nat(100) });
    fc.assert(
      fc.property(counts, ({ a, b, same }) => {
        const rows = a + b + same;
        const { low, high } = differenceInterval({ rows, onlyChallenger: a, onlyChampion: b }, 3);
        const value = rows === 0 ? 0 : (a - b) / rows;
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(low).toBeGreaterThanOrEqual(-1);
        expect(high).toBeLessThanOrEqual(1);
      }),
      { seed: SEED },
    );
  });
});
