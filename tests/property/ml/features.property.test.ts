import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packRows, type RowBatch } from '#domain/rows.ts';
import { ByteTable } from '#ml/byte-table.ts';
import { readRows } from '#ml/feature-reader.ts';
import { learnFeatures } from '#ml/learn-features.ts';
import { PairTable } from '#ml/pair-table.ts';
import { multiply, transpose } from '#ml/sparse.ts';

const word = fc.constantFrom('good', 'bad', 'not', 'the', 'Soup', '!', ',', 'café', '😍', "didn't");
const texts = fc.array(
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  { maxLength: 20 },
);

const rowsOf = (said: readonly string[]): RowBatch =>
  packRows(said.map((text, i) => ({ id: `${i}`, domain: '', label: 0 as const, text })));

describe('features, for any texts', () => {
  test('are the same whether a row is learned from or read', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 3 }), (said, minCount) => {
        const { vocabulary, matrix } = learnFeatures(rowsOf(said), minCount);
        expect(readRows(rowsOf(said), vocabulary)).toEqual(matrix);
      }),
    );
  });

  test('stand in as many rows as was asked for, and at most once in each', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 3 }), (said, minCount) => {
        const { offsets, indices } = transpose(learnFeatures(rowsOf(said), minCount).matrix);
        for (let feature = 0; feature + 1 < offsets.length; feature++) {
          const rows = [...indices.subarray(offsets[feature], offsets[feature + 1])];
          expect(rows.length).toBeGreaterThanOrEqual(minCount);
          expect(new Set(rows).size).toBe(rows.length);
        }
      }),
    );
  });

  test('multiply like the dense matrix they stand for', () => {
    fc.assert(
      fc.property(texts, (said) => {
        const { matrix } = learnFeatures(rowsOf(said), 1);
        const ones = new Float32Array(matrix.columns).fill(1);
        const counts = Array.from(
          matrix.offsets.subarray(1),
          (end, row) => end - (matrix.offsets[row] ?? 0),
        );
        expect([...multiply(matrix, ones)]).toEqual(counts);
        expect(multiply(transpose(transpose(matrix)), ones)).toEqual(multiply(matrix, ones));
      }),
    );
  });
});

describe('the tables behind them', () => {
  test('number byte strings like a map does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 3 }), { maxLength: 3000 }),
        (words) => {
          const table = new ByteTable();
          const map = new Map<string, number>();
          for (const text of words) {
            const bytes = new TextEncoder().encode(text);
            const known = map.get(text) ?? -1;
            expect(table.find(bytes, 0, bytes.length)).toBe(known);
            if (known < 0) map.set(text, map.size);
            expect(table.add(bytes, 0, bytes.length)).toBe(map.get(text));
          }
          expect(table.size).toBe(map.size);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('number pairs like a map does', () => {
    const pair = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 3000 }), (pairs) => {
        const table = new PairTable();
        const map = new Map<string, number>();
        for (const [left, right] of pairs) {
          const key = `${left} ${right}`;
          expect(table.find(left, right)).toBe(map.get(key) ?? -1);
          if (!map.has(key)) map.set(key, map.size);
          expect(table.add(left, right)).toBe(map.get(key));
        }
        expect(table.size).toBe(map.size);
      }),
      { numRuns: 30 },
    );
  });
});
