import { beforeAll, describe, expect, test } from 'vitest';
import { packRows, UNLABELLED } from '#domain/rows.ts';
import { crossValidate } from '#ml/cross-validate-split.ts';
import { detectDrift } from '#ml/detect-drift.ts';
import { hashFeatures } from '#ml/hash-features.ts';
import { loadDataset } from '#ml/load-dataset.ts';
import { loadRows } from '#ml/load-rows.ts';
import { Rows } from '#ml/rows.ts';
import { scoreRows } from '#ml/score-rows.ts';
import { SentimentModel } from '#ml/sentiment-model.ts';
import { FakeHost, inWorker, sent } from './fake-host.ts';
import { someDays, someReviews } from './some-reviews.ts';

const DAYS = someDays(6, 60);

// TensorFlow.js takes seconds to load in Node; no test should wait for it.
beforeAll(async () => {
  await import('#ml/tensor-library.ts');
}, 60_000);

async function revived(rows: Rows): Promise<Rows> {
  const found = await sent(rows);
  if (found instanceof Rows) return found;
  throw new Error('These are no rows.');
}

describe('loadRows', () => {
  test('reads a range of days, or the newest', async () => {
    inWorker(new FakeHost(DAYS));
    const some = await loadRows('reviews', { since: 2, until: 3 });
    expect([some.count, some.since, some.until]).toEqual([120, 2, 3]);
    const newest = await loadRows('reviews', { newest: 2, until: 5 });
    expect([newest.count, newest.since, newest.until]).toEqual([120, 4, 5]);
    expect((await loadRows('reviews', { newest: 99 })).count).toBe(360);
  });

  test('gives rows that arrive as a reference, the same in another worker', async () => {
    inWorker(new FakeHost(DAYS));
    const rows = (await loadRows('reviews', { newest: 2, damage: 0.3 })).without(['r104-3']);
    inWorker(new FakeHost(DAYS));
    const again = await revived(rows);
    expect(await again.texts()).toEqual(await rows.texts());
    expect(again.count).toBe(119);
    expect((await again.texts()).length).toBe(119);
  });

  test('refuses days without rows, options out of range, and a flow body', async () => {
    inWorker(new FakeHost(DAYS));
    await expect(loadRows('reviews', { since: 9 })).rejects.toThrow(
      "Dataset 'reviews' has no rows from day 9 to day 6: rows arrived on days 1 to 6. Choose other days.",
    );
    await expect(loadRows('reviews', { since: 0 })).rejects.toThrow('since must be a whole number');
    await expect(loadRows('reviews', { damage: 2 })).rejects.toThrow('a share from 0 to 1, not 2');
    await expect(loadRows('reviews', { since: 1, newest: 1 })).rejects.toThrow('not both');
    inWorker(new FakeHost(DAYS, { inFlowBody: true }));
    await expect(loadRows('reviews')).rejects.toThrow('works in a task only');
  });

  test('spoils a share of the rows, the same ones for the same seed', async () => {
    inWorker(new FakeHost(DAYS));
    const clean = await (await loadRows('reviews')).texts();
    const spoilt = await (await loadRows('reviews', { damage: 0.2 })).texts();
    const changed = spoilt.filter((row, i) => row.text !== clean[i]?.text).length;
    expect(changed).toBeGreaterThan(360 * 0.1);
    expect(changed).toBeLessThan(360 * 0.3);
    expect(await (await loadRows('reviews', { damage: 0.2 })).texts()).toEqual(spoilt);
  });
});

describe('rows without some', () => {
  test('keep every other row on its side', async () => {
    inWorker(new FakeHost(DAYS));
    const rows = await loadRows('reviews');
    const { train, test: heldOut } = await rows.split();
    const dataset = await loadDataset('reviews');
    expect((await train.rows()).ids).toEqual((await dataset.train.rows()).ids);
    const gone = new Set((await rows.texts()).filter((_, i) => i % 7 === 0).map(({ id }) => id));
    const left = await rows.without(gone).split();
    const expected = (await heldOut.rows()).ids.filter((id) => !gone.has(id));
    expect((await left.test.rows()).ids).toEqual(expected);
    expect(left.train.count + left.test.count).toBe(360 - gone.size);
    expect(rows.without(gone).snapshot).not.toBe(rows.snapshot);
  });

  test('train a model, and say that sides are not handed on', async () => {
    inWorker(new FakeHost(DAYS));
    const { train, test: heldOut } = await (await loadRows('reviews')).without(['r100-0']).split();
    const model = await SentimentModel.fit(train);
    expect(await model.accuracy(heldOut)).toBeGreaterThan(0.7);
    await expect(sent(train)).rejects.toThrow('Hand on the rows, and split them there');
    expect(() => model.trainingData()).toThrow('is not kept with it');
  });

  test('are refused where an id stands for several', async () => {
    const twins = someReviews(40).map((row, i) => ({ ...row, id: `product-${i % 20}` }));
    inWorker(new FakeHost([{ day: 1, rows: twins }]));
    const left = (await loadRows('reviews')).without(['product-3']);
    await expect(left.rows()).rejects.toThrow('several rows share an id');
    await expect(left.split()).rejects.toThrow('1 more rows');
  });

  test('are not split without both labels', async () => {
    inWorker(new FakeHost([{ day: 1, rows: someReviews(40).filter(({ label }) => label === 1) }]));
    await expect((await loadRows('reviews')).split()).rejects.toThrow('need both labels');
  });
});

describe('the champion', () => {
  const host = new FakeHost(DAYS);
  const champion = async (): Promise<SentimentModel> => {
    inWorker(host);
    if (host.saved.length === 0) {
      const { train } = await loadDataset('reviews', { until: 5 });
      await (await SentimentModel.fit(train)).save('sentiment');
    }
    const found = await SentimentModel.load('sentiment');
    if (!found) throw new Error('There is no champion.');
    return found;
  };

  test('scores every row, labelled or not', async () => {
    const model = await champion();
    const batch = packRows(
      someReviews(30, 9).map((row, i) => (i < 5 ? { ...row, label: UNLABELLED } : row)),
    );
    const facts = {
      dataset: 'file',
      since: 1,
      until: 1,
      count: 30,
      damage: 0,
      seed: 1,
      without: [],
    };
    const contentHash = [...host.values.keys()][0];
    if (!contentHash) throw new Error('No model was kept.');
    const rows = new Rows({ ...facts, contentHash }, async () => [{ day: 1, rows: batch }]);
    const scored = await scoreRows(model, rows);
    expect(scored.map(({ label }) => label).slice(3, 7)).toEqual([null, null, 1, 0]);
    const right = scored.filter(({ label, predicted }) => label === predicted).length;
    expect(right).toBeGreaterThan(18);
    for (const { predicted, probability } of scored)
      expect(probability > 0.5).toBe(predicted === 1);
  });

  test('is compared with a batch, in words', async () => {
    const model = await champion();
    const report = await detectDrift(model, await loadRows('reviews', { newest: 1 }));
    expect(report.reference).toEqual({ dataset: 'reviews', until: 5, rows: 300 });
    expect(report.summary).toMatch(
      /^No drift in 60 rows|^No drift in \d+ rows \(\d+ it was trained on/,
    );
    const all = await detectDrift(model, await loadRows('reviews', { until: 5 }));
    expect(all.summary).toMatch(/^No drift in \d+ rows \(\d+ it was trained on are left out\)$/);
  });

  test('with thresholds or a promise out of range is not compared', async () => {
    const model = await champion();
    const rows = await loadRows('reviews');
    await expect(detectDrift(model, rows, { falseAlarms: 0 })).rejects.toThrow('above 0');
    await expect(detectDrift(model, rows, { thresholds: { accuracy: NaN } })).rejects.toThrow(
      'accuracy is NaN',
    );
    await expect(detectDrift(model, rows, { thresholds: { psi: 1 } as never })).rejects.toThrow(
      'of scores, unknownWords, words, labels, accuracy; psi is 1',
    );
  });

  test('from a file, of whose training nothing is kept, says that it cannot be compared', async () => {
    await champion();
    const saved = host.saved[0];
    if (!saved) throw new Error('Nothing was saved.');
    const { data: _, ...without } = saved;
    host.saved.push({ ...without, model: 'imported' });
    const imported = await SentimentModel.load('imported');
    if (!imported) throw new Error('It is not there.');
    await expect(detectDrift(imported, await loadRows('reviews'))).rejects.toThrow(
      'What this model was trained on is not kept with it. Train a new version, and compare with that.',
    );
  });
});

describe('crossValidate', () => {
  test('asks the training side alone, reports progress, and tells each fold', async () => {
    const host = inWorker(new FakeHost(DAYS));
    const { train } = await loadDataset('reviews');
    const { accuracy, folds } = await crossValidate(train, { folds: 3, iterations: 10 });
    expect(folds.length).toBe(3);
    expect(accuracy).toBeGreaterThan(0.75);
    expect(host.fractions.length).toBe(30);
    expect(host.fractions.at(-1)).toBe(1);
    expect(host.logs.at(-1)?.message).toMatch(/^Cross-validated accuracy 0\.\d+ over 3 folds/);
    expect(await crossValidate(train, { folds: 3, iterations: 10 })).toEqual({ accuracy, folds });
  });

  test('stops where the host stops it', async () => {
    const host = inWorker(new FakeHost(DAYS));
    const { train } = await loadDataset('reviews');
    host.onProgress = (fraction) => {
      if (fraction > 0.4) throw new Error('cancelled');
    };
    await expect(crossValidate(train, { folds: 3 })).rejects.toThrow('cancelled');
    expect(host.fractions.at(-1)).toBeLessThan(0.5);
  });

  test('refuses more folds than there are rows of a label', async () => {
    inWorker(new FakeHost(DAYS));
    const { train } = await loadDataset('reviews', { until: 1 });
    await expect(crossValidate(train, { folds: 60 })).rejects.toThrow(
      /60 folds need 60 rows of each/,
    );
    await expect(crossValidate(train, { folds: 1 })).rejects.toThrow('from 2 to 100, not 1');
  });
});

describe('hashFeatures', () => {
  test('puts each word of a row at its place, rows of length 1', async () => {
    inWorker(new FakeHost(DAYS));
    const { test: heldOut } = await loadDataset('reviews');
    const { shape, values, labels } = await hashFeatures(heldOut, 64);
    expect(shape).toEqual([heldOut.count, 64]);
    expect(labels.length).toBe(heldOut.count);
    for (let row = 0; row < heldOut.count; row++) {
      const squares = values.subarray(row * 64, row * 64 + 64).reduce((sum, v) => sum + v * v, 0);
      expect(squares).toBeCloseTo(1, 5);
    }
  });

  test('refuses what would not fit', async () => {
    inWorker(new FakeHost(DAYS));
    const { test: heldOut } = await loadDataset('reviews');
    await expect(hashFeatures(heldOut, 10_000_000)).rejects.toThrow(
      /do not fit; at most \d+ places do/,
    );
    await expect(hashFeatures(heldOut, 1.5)).rejects.toThrow('a whole number from 2');
  });
});
