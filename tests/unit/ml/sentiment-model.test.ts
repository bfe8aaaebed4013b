import { beforeAll, describe, expect, test } from 'vitest';
import { TO_REFERENCE } from '#domain/author-host.ts';
import { rowText } from '#domain/rows.ts';
import type { Split } from '#ml/dataset.ts';
import { loadDataset } from '#ml/load-dataset.ts';
import { loadModel } from '#ml/predict.ts';
import { SentimentModel } from '#ml/sentiment-model.ts';
import { FakeHost, inWorker, sent } from './fake-host.ts';
import { someDays } from './some-reviews.ts';

const DAYS = someDays(5, 60);

async function someSplits(
  host: FakeHost,
): Promise<{ readonly train: Split; readonly test: Split }> {
  inWorker(host);
  return loadDataset('reviews');
}

function isModel(value: unknown): asserts value is SentimentModel {
  expect(value).toBeInstanceOf(SentimentModel);
}

// TensorFlow.js takes seconds to load in Node; no test should wait for it.
beforeAll(async () => {
  await import('#ml/tensor-library.ts');
}, 60_000);

describe('SentimentModel.fit', () => {
  test('reports loss, held-out loss and accuracy, and speed of every iteration', async () => {
    const host = new FakeHost(DAYS);
    await SentimentModel.fit((await someSplits(host)).train);
    const points = host.series('training');
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const { loss, heldOutLoss, heldOutAccuracy, examplesPerSecond } = points.at(-1)?.values ?? {};
    expect(loss).toBeLessThan(points[0]?.values['loss'] ?? 0);
    expect(heldOutLoss).toBeLessThan(Math.LN2);
    expect(heldOutAccuracy).toBeGreaterThan(0.7);
    expect(examplesPerSecond).toBeGreaterThan(0);
  });

  test('reports progress in twentieths and offers a checkpoint each time', async () => {
    const host = new FakeHost(DAYS);
    await SentimentModel.fit((await someSplits(host)).train);
    expect(host.fractions).toEqual(Array.from({ length: 20 }, (_, i) => (i + 1) / 20));
    expect(host.checkpoint?.length).toBeGreaterThan(1000);
  });

  test('says a handful of lines', async () => {
    const host = new FakeHost(DAYS);
    await SentimentModel.fit((await someSplits(host)).train);
    const lines = host.logs.map(({ message }) => message).slice(1);
    expect(lines[0]).toMatch(
      /^Training on 240 rows \(\d+ positive\), [\d,]+ features, backend cpu \(.*none in this test/,
    );
    expect(
      lines
        .slice(1)
        .map((line) => /^Iteration \d+ of 20: loss 0\.\d+, held-out accuracy/.test(line)),
    ).toEqual([true, true, true]);
  });

  test('goes on from the checkpoint of a lost attempt', async () => {
    const host = new FakeHost(DAYS);
    const { train } = await someSplits(host);
    host.onProgress = (fraction) => {
      if (fraction > 0.5) throw new Error('the worker is gone');
    };
    await expect(SentimentModel.fit(train)).rejects.toThrow('the worker is gone');
    const second = new FakeHost(DAYS);
    second.checkpoint = host.checkpoint;
    await SentimentModel.fit((await someSplits(second)).train);
    expect(second.series('training')[0]?.step).toBe(12);
    expect(second.logs.map(({ message }) => message)).toContain(
      'Going on after iteration 11 of 20 from a checkpoint',
    );
  });

  test('gives the same model when the checkpoint holds the last iteration', async () => {
    const host = new FakeHost(DAYS);
    const whole = await SentimentModel.fit((await someSplits(host)).train);
    const again = await SentimentModel.fit((await someSplits(host)).train);
    expect((await again[TO_REFERENCE]()).data['hash']).toBe(
      (await whole[TO_REFERENCE]()).data['hash'],
    );
  });

  test('starts afresh beside a checkpoint of other data or another seed', async () => {
    const host = new FakeHost(DAYS);
    await SentimentModel.fit((await someSplits(host)).train);
    const other = new FakeHost(DAYS, { seed: 8 });
    other.checkpoint = host.checkpoint;
    await SentimentModel.fit((await someSplits(other)).train);
    expect(other.series('training')[0]?.step).toBe(1);
    expect(other.logs.some(({ message }) => message.startsWith('Starting afresh'))).toBe(true);
  });

  test('starts afresh beside a checkpoint of another optimizer', async () => {
    const host = new FakeHost(DAYS);
    const { train } = await someSplits(host);
    await SentimentModel.fit(train);
    await SentimentModel.fit(train, { optimizer: (tf) => tf.train.sgd(1) });
    expect(host.logs.some(({ message }) => message.startsWith('Starting afresh'))).toBe(true);
  });

  test('gives the same bytes for the same rows and seed', async () => {
    const [first, second] = [new FakeHost(DAYS), new FakeHost(DAYS)];
    const one = await SentimentModel.fit((await someSplits(first)).train);
    const two = await SentimentModel.fit((await someSplits(second)).train);
    expect((await two[TO_REFERENCE]()).data).toEqual((await one[TO_REFERENCE]()).data);
  });
});

describe('a sentiment model', () => {
  test('measures its accuracy and tells the run how sure that is', async () => {
    const host = new FakeHost(DAYS);
    const { train, test } = await someSplits(host);
    const model = await SentimentModel.fit(train);
    const accuracy = await model.accuracy(test);
    const [point] = host.series('evaluation');
    expect(point).toMatchObject({ step: 0, values: { accuracy, heldOut: 60 } });
    expect(accuracy).toBe(host.series('training').at(-1)?.values['heldOutAccuracy']);
    expect(point?.values['low']).toBeLessThan(accuracy);
    expect(point?.values['high']).toBeGreaterThan(accuracy);
  });

  test('crosses to another worker as a reference and is read there only when it is used', async () => {
    const host = new FakeHost(DAYS);
    const { train, test } = await someSplits(host);
    const model = await SentimentModel.fit(train);
    const accuracy = await model.accuracy(test);
    const { label } = await model[TO_REFERENCE]();
    expect(label).toMatch(/^[\d,]+ features, \d+ KB$/);
    const revived = await sent(model);
    isModel(revived);
    await sent(revived);
    expect(host.valuesRead).toBe(0);
    expect(await revived.accuracy(test)).toBe(accuracy);
    await revived.accuracy(test);
    expect(host.valuesRead).toBe(1);
  });

  test('is saved with its metrics, snapshot and backend, also from another worker', async () => {
    const host = new FakeHost(DAYS);
    const { train } = await someSplits(host);
    const model = await sent(await SentimentModel.fit(train));
    isModel(model);
    expect(await model.save('sentiment')).toEqual({ version: 1 });
    const { accuracy, heldOut } = host.saved[0]?.metrics ?? {};
    expect(accuracy).toBe(host.series('training').at(-1)?.values['heldOutAccuracy']);
    expect(heldOut).toBe(60);
    expect(host.saved[0]).toMatchObject({
      model: 'sentiment',
      snapshot: train.dataset.snapshot,
      backend: 'cpu',
    });
    const bytes = await host.getValue(host.saved[0]!.hash);
    expect(bytes.length).toBe(host.saved[0]?.bytes);
    expect(loadModel(bytes).meta.snapshot).toBe(train.dataset.snapshot);
  });

  test('answers texts, says why, and names its largest words', async () => {
    const { train, test } = await someSplits(new FakeHost(DAYS));
    const model = await SentimentModel.fit(train);
    const rows = await test.rows();
    const texts = Array.from({ length: rows.count }, (_, i) => rowText(rows, i));
    const answers = await model.predict(texts);
    const right = answers.filter(({ label }, i) => label === rows.labels[i]).length;
    expect(right / rows.count).toBe(await model.accuracy(test));
    for (const { label, probability } of answers) expect(label).toBe(probability > 0.5 ? 1 : 0);
    const { probability, score, bias, tokens } = await model.explain(texts[0]!);
    expect(probability).toBe(answers[0]?.probability);
    expect(tokens.reduce((sum, one) => sum + one.contribution, bias)).toBeCloseTo(score, 6);
    const { positive, negative } = await model.topWords(5);
    expect([positive.length, negative.length]).toEqual([5, 5]);
    expect(positive[0]!.weight).toBeGreaterThan(0);
    expect(negative[0]!.weight).toBeLessThan(0);
    await expect(model.predict('good' as unknown as string[])).rejects.toThrow('a list of texts');
    const mixed = ['a', 5] as unknown as string[];
    await expect(model.predict(mixed)).rejects.toThrow('Text 2 of 2 is no text but number');
    await expect(model.topWords(0)).rejects.toThrow('1 or more');
  });

  test('is saved from a task only, under a name', async () => {
    const { train } = await someSplits(new FakeHost(DAYS));
    const model = await SentimentModel.fit(train, { iterations: 1 });
    await expect(model.save(' ')).rejects.toThrow('needs the name of a model');
    inWorker(new FakeHost(DAYS, { inFlowBody: true }));
    await expect(model.save('sentiment')).rejects.toThrow('in a task only');
  });

  test('is loaded again by alias or version, with the rows it was trained on', async () => {
    const host = new FakeHost(DAYS);
    const { train } = await someSplits(host);
    const model = await SentimentModel.fit(train, { iterations: 2 });
    expect(await SentimentModel.load('sentiment')).toBeUndefined();
    await model.save('sentiment');
    await model.save('sentiment', { alias: 'challenger' });
    const champion = await SentimentModel.load('sentiment');
    expect(champion?.features).toBe(model.features);
    expect(champion?.trainingData().snapshot).toBe(train.dataset.snapshot);
    expect((await champion!.trainingData().train.rows()).count).toBe(train.count);
    expect(await SentimentModel.load('sentiment', { version: 2 })).toBeDefined();
    expect(await SentimentModel.load('sentiment', { alias: 'challenger' })).toBeDefined();
    expect(await SentimentModel.load('sentiment', { version: 3 })).toBeUndefined();
    const both = { alias: 'champion', version: 1 } as const;
    await expect(SentimentModel.load('sentiment', both)).rejects.toThrow('not both');
    await expect(SentimentModel.load('sentiment', { version: 0 })).rejects.toThrow('from 1');
    const unknown = { alias: 'best' as 'champion' };
    await expect(model.save('sentiment', unknown)).rejects.toThrow("the alias is 'best'");
  });
});
