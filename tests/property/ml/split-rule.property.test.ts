import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packRows, type LabelledText } from '#domain/rows.ts';
import { assignSides, type Side } from '#ml/split-rule.ts';

interface Row {
  readonly label: 0 | 1;
  readonly text: string;
}

/** Few different texts, so that repeats within a day, across days and across labels are common. */
const row = fc.record({
  label: fc.constantFrom(0 as const, 1 as const),
  text: fc.nat({ max: 60 }).map((n) => `text number ${n}`),
});
const days = fc.array(fc.array(row, { maxLength: 40 }), { minLength: 1, maxLength: 8 });
const seed = fc.integer({ min: 0 });

function sidesOf(rows: readonly (readonly Row[])[], by: number): readonly (readonly Side[])[] {
  const named = (one: Row, i: number): LabelledText => ({ id: `${i}`, domain: 'test', ...one });
  return assignSides(
    rows.map((day, i) => ({ day: i + 1, rows: packRows(day.map(named)) })),
    by,
  );
}

function distinctDays(count: number, perDay: number): readonly (readonly Row[])[] {
  return Array.from({ length: count }, (_, day) =>
    Array.from({ length: perDay }, (_, i) => ({
      label: i % 3 === 0 ? 1 : 0,
      text: `${day} and ${i}`,
    })),
  );
}

describe('the split of a dataset, for any days and seed', () => {
  test('never moves a row when later days arrive', () => {
    fc.assert(
      fc.property(days, seed, (all, by) => {
        const whole = sidesOf(all, by);
        for (let until = 1; until <= all.length; until++)
          expect(sidesOf(all.slice(0, until), by)).toEqual(whole.slice(0, until));
      }),
    );
  });

  test('puts identical texts on one side, whatever their day and label', () => {
    fc.assert(
      fc.property(days, seed, (all, by) => {
        const seen = new Map<string, Side>();
        sidesOf(all, by).forEach((sides, day) =>
          sides.forEach((side, i) => {
            const { text = '' } = all[day]?.[i] ?? {};
            expect(side).toBe(seen.get(text) ?? side);
            seen.set(text, side);
          }),
        );
      }),
    );
  });

  test('depends on the seed and the rows only', () => {
    fc.assert(
      fc.property(days, seed, (all, by) => {
        expect(sidesOf(all, by)).toEqual(sidesOf(all, by));
      }),
    );
  });

  test('does not depend on the order of the rows within a day', () => {
    fc.assert(
      fc.property(days, seed, (all, by) => {
        const turned = sidesOf(
          all.map((day) => [...day].reverse()),
          by,
        );
        expect(turned.map((sides) => [...sides].reverse())).toEqual(sidesOf(all, by));
      }),
    );
  });

  test('holds out a fifth of each label, within one row, after every day', () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(counts, seed, ([count, perDay], by) => {
        const rows = distinctDays(count, perDay);
        const sides = sidesOf(rows, by).flat();
        for (const label of [0, 1]) {
          const ofLabel = rows.flat().flatMap((one, i) => (one.label === label ? [sides[i]] : []));
          const heldOut = ofLabel.filter((side) => side === 'heldOut').length;
          expect(Math.abs(heldOut - ofLabel.length / 5)).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });

  test('holds out other rows for another seed', () => {
    const rows = distinctDays(3, 60);
    expect(sidesOf(rows, 2)).not.toEqual(sidesOf(rows, 1));
    expect(sidesOf(rows, 1 + 2 ** 32)).not.toEqual(sidesOf(rows, 1));
  });
});
