import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packRows, type RowBatch } from '#domain/rows.ts';
import { seededOrder } from '#ml/seeded.ts';
import { selectRows } from '#ml/select-rows.ts';
import { SHARED_DATA, whyNoData } from '#tests/support/shared-data.ts';
import { referenceOf, usualPlan } from '#tests/support/trained.ts';

const FOLDER = 'amazon_multidomain';
const missing = whyNoData(FOLDER);
if (missing) console.log(`Drift between domains is not tested: ${missing}`);

const reviewsOf = (domain: string): RowBatch =>
  packRows(
    readFileSync(join(SHARED_DATA, FOLDER, `${domain}.tsv`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line, i) => {
        const [label, text = ''] = line.split(/\t(.*)/s);
        return { id: `${domain}-${i}`, domain, label: label === '1' ? 1 : 0, text };
      }),
  );

describe.skipIf(missing !== undefined)('Amazon reviews', () => {
  // TensorFlow.js takes seconds to load in Node; no test should wait for it.
  beforeAll(async () => {
    await import('#ml/tensor-library.ts');
  }, 60_000);

  test.each([1, 2, 3])(
    'of books: other books are like them, kitchens are not (seed %i)',
    async (seed) => {
      const books = reviewsOf('books');
      const order = [...seededOrder(books.count, seed)];
      const half = (rows: readonly number[]) => selectRows([{ batch: books, rows }]);
      const champion = await referenceOf([half(order.slice(0, books.count / 2))]);
      const same = champion.measure(half(order.slice(books.count / 2)), usualPlan(seed));
      const other = champion.measure(reviewsOf('kitchen'), usualPlan(seed));
      const told = [same, other].map(({ measures }) =>
        measures.map(
          ({ name, reason, fired }) => `  ${fired ? 'fired' : 'quiet'} ${name}: ${reason}`,
        ),
      );
      console.log(
        ['books -> books', ...(told[0] ?? []), 'books -> kitchen', ...(told[1] ?? [])].join('\n'),
      );
      expect(same.drifted).toBe(false);
      expect(other.measures.filter(({ fired }) => fired).map(({ name }) => name)).toEqual(
        expect.arrayContaining(['words', 'accuracy']),
      );
    },
  );
});
