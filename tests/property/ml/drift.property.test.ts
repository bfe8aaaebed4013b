import { beforeAll, describe, expect, test } from 'vitest';
import type { RowBatch } from '#domain/rows.ts';
import { packRows } from '#domain/rows.ts';
import { DriftReference } from '#ml/drift.ts';
import { FALSE_ALARMS } from '#ml/drift-verdict.ts';
import { seededOrder } from '#ml/seeded.ts';
import { selectRows } from '#ml/select-rows.ts';
import { trainedOn, usualPlan } from '#tests/support/trained.ts';
import { corpusRows } from '../../unit/corpus/corpus-rows.ts';

// TensorFlow.js takes seconds to load in Node; no test should wait for it.
beforeAll(async () => {
  await import('#ml/tensor-library.ts');
}, 60_000);

const BEFORE_THE_DRIFT = packRows(corpusRows().filter(({ day }) => day < 40));

const pick = (rows: Iterable<number>): RowBatch =>
  selectRows([{ batch: BEFORE_THE_DRIFT, rows: [...rows] }]);

describe('batches that are like the reference', () => {
  test.each([
    { rows: 20, batches: 60 },
    { rows: 60, batches: 60 },
    { rows: 200, batches: 60 },
  ])(
    'of $rows rows set off a false alarm about as often as is promised',
    async ({ rows, batches }) => {
      let alarms = 0;
      let looks = 0;
      for (const seed of [1, 2, 3]) {
        const order = seededOrder(BEFORE_THE_DRIFT.count, seed);
        const [train, heldOut, rest] = [
          pick(order.subarray(0, 900)),
          pick(order.subarray(900, 1150)),
          order.subarray(1150),
        ];
        const reference = new DriftReference(await trainedOn(train), train, heldOut);
        for (let batch = 0; batch < batches; batch++, looks++) {
          const drawn = seededOrder(rest.length, seed * 1000 + batch).subarray(0, rows);
          const ids = Array.from(drawn, (i) => rest[i] ?? 0);
          if (reference.measure(pick(ids), usualPlan(batch)).drifted) alarms++;
        }
      }
      console.log(
        `${rows} rows: ${alarms} false alarms in ${looks}, promised ${FALSE_ALARMS * looks}`,
      );
      // Once in 200 is 0.9 of 180; six or more would come once in 500 times by chance.
      expect(alarms).toBeLessThan(6);
    },
  );

  test('draw it more often when they are allowed to: the promise is what holds it down', async () => {
    const order = seededOrder(BEFORE_THE_DRIFT.count, 4);
    const train = pick(order.subarray(0, 900));
    const reference = new DriftReference(
      await trainedOn(train),
      train,
      pick(order.subarray(900, 1150)),
    );
    const thresholds = { scores: 0, unknownWords: 0, words: 0, labels: 0, accuracy: 0 };
    const alarms = Array.from({ length: 40 }, (_, batch) => {
      const ids = seededOrder(900, batch)
        .subarray(0, 40)
        .map((i) => order[1150 + i] ?? 0);
      const plan = { ...usualPlan(batch), thresholds, falseAlarms: 0.9 };
      return reference.measure(pick(ids), plan).drifted;
    }).filter(Boolean);
    expect(alarms.length).toBeGreaterThan(10);
  });
});
