import { beforeAll, describe, expect, test } from 'vitest';
import { packRows, rowText, type RowBatch } from '#domain/rows.ts';
import { BadTrainingRows } from '#ml/bad-rows.ts';
import { packCheckpoint, readCheckpoint } from '#ml/checkpoint.ts';
import {
  MAX_FEATURES,
  refuseTooMany,
  refuseTooManyTerms,
  TooManyFeatures,
} from '#ml/feature-limits.ts';
import { seededRandom } from '#ml/seeded.ts';
import { selectRows } from '#ml/select-rows.ts';
import { loadTensors, type Tensors } from '#ml/tensor.ts';
import { prepareTraining, runTraining, trainRows, type FitOptions } from '#ml/train-rows.ts';
import { BadTrainingPlan, resolvePlan } from '#ml/training-plan.ts';
import { someReviews, someRows } from './some-reviews.ts';

const rows = someRows(400, 1);
const unseen = someRows(400, 2);
const MINI: FitOptions = { mode: 'mini-batch', batchSize: 32, epochs: 3, seed: 5 };

let tf: Tensors;
beforeAll(async () => {
  ({ tf } = await loadTensors());
}, 60_000);

const labelled = (label: 0 | 1, text: string) => ({ id: '', domain: '', label, text });
const said = (...texts: readonly (readonly [0 | 1, string])[]): RowBatch =>
  packRows(texts.map(([label, text]) => labelled(label, text)));

const PRAISE = /great|lovely|perfect|excellent|friendly|delicious|fast|superb/;

/** A share of the rows is positive, the others negative; here every text says what its label says. */
function skewed(count: number, share: number, seed: number): RowBatch {
  const random = seededRandom(seed);
  const all = someReviews(count * 3, seed).map((row) => ({
    ...row,
    praise: PRAISE.test(row.text),
  }));
  const [blame, praise] = [false, true].map((which) =>
    all.filter((row) => row.praise === which).values(),
  );
  const drawn = Array.from({ length: count }, () => {
    const label = random() < share ? 1 : 0;
    const row = (label === 1 ? praise : blame)?.next().value;
    return row ? [{ ...row, label } as const] : [];
  });
  return packRows(drawn.flat());
}

describe('a training in mini-batches', () => {
  test('learns to tell unseen rows apart', async () => {
    const { evaluation } = await trainRows(tf, rows, { options: MINI, heldOut: unseen });
    expect(evaluation?.accuracy).toBeGreaterThan(0.85);
  });

  test('gives the same weights for a seed bit for bit, and others for another', async () => {
    const [one, same] = [
      await trainRows(tf, rows, { options: MINI }),
      await trainRows(tf, rows, { options: MINI }),
    ];
    const other = await trainRows(tf, rows, { options: { ...MINI, seed: 6 } });
    expect([same.weights, same.bias]).toEqual([one.weights, one.bias]);
    expect(other.weights).not.toEqual(one.weights);
  });

  test('ends as if it had never stopped when it goes on from any batch', async () => {
    const prepared = await prepareTraining(rows, { options: MINI });
    const states: Uint8Array[] = [];
    const losses: number[] = [];
    const whole = await runTraining(tf, prepared, {
      onStep: async ({ state, pass }) => {
        states.push(packCheckpoint('t', state()));
        if (pass) losses.push(pass.loss);
      },
    });
    expect(states.length).toBe(39);
    for (const batch of [1, 12, 13, 20, 39]) {
      const found = readCheckpoint('t', states[batch - 1]!);
      if (found.kind === 'unusable') throw new Error(found.reason);
      const rest: number[] = [];
      const resumed = await runTraining(tf, await prepareTraining(rows, { options: MINI }), {
        from: found.state,
        onStep: async ({ pass }) => {
          if (pass) rest.push(pass.loss);
        },
      });
      expect(resumed).toEqual(whole);
      expect(rest.length).toBe(3 - Math.floor(batch / 13));
      rest.forEach((loss, i) => expect(loss).toBeCloseTo(losses[3 - rest.length + i]!, 5));
    }
  });

  test('says in which batch the loss became no number', async () => {
    const training = trainRows(tf, rows, { options: { ...MINI, learningRate: 1e38 } });
    await expect(training).rejects.toThrow(
      /became (NaN|Infinity) in batch \d+ of 39.*learning rate/,
    );
  });

  test('can be stopped after any batch', async () => {
    const before = tf.memory().numTensors;
    const stop = new Error('stopped');
    const seen: number[] = [];
    const training = runTraining(tf, await prepareTraining(rows, { options: MINI }), {
      onStep: async ({ step, steps }) => {
        seen.push(step / steps);
        if (step === 3) throw stop;
      },
    });
    await expect(training).rejects.toBe(stop);
    expect(seen).toEqual([1 / 39, 2 / 39, 3 / 39]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('memory', () => {
  test.each([{ iterations: 2 }, { ...MINI, epochs: 1 }, { iterations: 2, optimizer: sgd }])(
    'is what it was before after each of 50 trainings with %o',
    async (options) => {
      const few = selectRows([{ batch: rows, rows: Array.from({ length: 80 }, (_, i) => i) }]);
      await trainRows(tf, few, { options });
      const { numTensors, numBytes } = tf.memory();
      for (let i = 0; i < 50; i++) {
        await trainRows(tf, few, { options });
        const now = tf.memory();
        expect([now.numTensors, now.numBytes]).toEqual([numTensors, numBytes]);
      }
    },
  );
});

function sgd(library: Tensors) {
  return library.train.sgd(0.1);
}

describe('the plan', () => {
  const long = packRows(
    Array.from({ length: 60 }, (_, i) =>
      labelled(i % 2 === 0 ? 0 : 1, 'a long review '.repeat(60)),
    ),
  );

  test('follows from the length of the rows', () => {
    expect([resolvePlan({}, rows).mode, resolvePlan({}, long).mode]).toEqual([
      'full-batch',
      'mini-batch',
    ]);
  });

  test('follows from what is given, whatever the rows are', () => {
    expect(resolvePlan({ iterations: 3 }, long).mode).toBe('full-batch');
    expect(resolvePlan({ epochs: 3 }, rows).mode).toBe('mini-batch');
    expect(resolvePlan({}, long, true).mode).toBe('full-batch');
    expect(resolvePlan({ mode: 'mini-batch', seed: undefined }, rows).seed).toBe(0);
  });

  test('gives few rows more epochs, so that they make enough steps', () => {
    const epochs = (count: number) =>
      resolvePlan({ mode: 'mini-batch' }, { ...long, count }).epochs;
    expect(epochs(500)).toBeGreaterThan(epochs(6000));
    expect(epochs(6000)).toBeGreaterThan(epochs(50_000));
  });

  test.each([
    [{ mode: 'full-batch', epochs: 2 }, 'epochs must be left out in full-batch mode'],
    [{ iterations: 2, batchSize: 64 }, 'batchSize must be left out in full-batch mode'],
    [{ mode: 'mini-batch', iterations: 2 }, 'iterations must be left out in mini-batch mode'],
    [{ mode: 'mini-batch', optimizer: sgd }, 'optimizer must be left out in mini-batch mode'],
    [{ epochs: 0 }, 'epochs must be a whole number'],
    [{ batchSize: 1.5 }, 'batchSize must be a whole number'],
    [{ seed: 0.5 }, 'seed must be a whole number'],
  ] as const)('refuses %o', async (options, message) => {
    const training = trainRows(tf, rows, { options });
    await expect(training).rejects.toThrow(BadTrainingPlan);
    await expect(training).rejects.toThrow(message);
  });

  test('refuses a mode that does not exist', () => {
    const mode = 'stochastic' as 'mini-batch';
    expect(() => resolvePlan({ mode }, rows)).toThrow("mode must be 'full-batch' or 'mini-batch'");
  });
});

describe('rows that teach nothing are refused, saying what, where and what next', () => {
  test.each([
    ['none', said(), /of 0 training rows.*Import more rows/],
    [
      'three',
      said([0, 'bad'], [1, 'good'], [1, 'nice']),
      /of 3 training rows 2 are positive and 1 negative.*Import more/,
    ],
    [
      'one class',
      said([1, 'a b'], [1, 'b c'], [1, 'c d'], [1, 'd e']),
      /4 are positive and 0 negative.*same in every row.*label column/,
    ],
    [
      'no text',
      said([1, ''], [0, ''], [1, ' '], [0, '...']),
      /no word stands in at least 1 of the 4 training rows.*text column/,
    ],
  ])('%s', async (_name, few, message) => {
    const training = trainRows(tf, few);
    await expect(training).rejects.toThrow(BadTrainingRows);
    await expect(training).rejects.toThrow(message);
  });

  test('minCount above every count', async () => {
    await expect(trainRows(tf, rows, { options: { minCount: 401 } })).rejects.toThrow(
      /no word stands in at least 401 of the 400 training rows.*Lower minCount/,
    );
  });

  test('more features than a model holds', () => {
    expect(() => refuseTooMany(MAX_FEATURES, 2)).not.toThrow();
    expect(() => refuseTooMany(MAX_FEATURES + 1, 2)).toThrow(TooManyFeatures);
    expect(() => refuseTooMany(5_000_000, 2)).toThrow(
      /hold 5,000,000 different words.*at most 4,000,000.*Raise minCount \(now 2\)/,
    );
    expect(() => refuseTooManyTerms(16_000_001)).toThrow(/more than 16,000,000.*fewer rows/);
  });

  test('rows without text among others do no harm', async () => {
    const some = said(
      [1, ''],
      [0, '  '],
      ...Array.from(rows.labels, (label, row): [0 | 1, string] => [
        label === 1 ? 1 : 0,
        rowText(rows, row),
      ]),
    );
    const { evaluation } = await trainRows(tf, some, { heldOut: unseen });
    expect(evaluation?.accuracy).toBeGreaterThan(0.85);
  });
});

describe('skewed classes', () => {
  test.each([
    ['full-batch', 0.05],
    ['full-batch', 0.95],
    ['mini-batch', 0.05],
    ['mini-batch', 0.95],
  ] as const)(
    '%s finds the rare one when the share of positive rows is %d',
    async (mode, share) => {
      const train = skewed(1000, share, 3);
      const heldOut = skewed(1000, share, 4);
      const { evaluation } = await trainRows(tf, train, { options: { mode }, heldOut });
      if (!evaluation) throw new Error('Nothing was evaluated.');
      const { truePositive, trueNegative, falsePositive, falseNegative } = evaluation;
      // F1 of the rare class: whoever always says the usual one has 0, and whoever always says the rare one 0.1.
      const right = share < 0.5 ? truePositive : trueNegative;
      expect((2 * right) / (2 * right + falsePositive + falseNegative)).toBeGreaterThan(0.5);
      expect(evaluation.accuracy).toBeGreaterThan(0.95);
    },
  );
});
