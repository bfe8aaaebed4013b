import { describe, expect, test } from 'vitest';
import { TO_REFERENCE } from '#domain/author-host.ts';
import { parseFault } from '#domain/faults.ts';
import { packRows, rowText, UNLABELLED, type RowBatch } from '#domain/rows.ts';
import { Dataset } from '#ml/dataset.ts';
import { loadDataset } from '#ml/load-dataset.ts';
import { BadDataset } from '#ml/read-snapshot.ts';
import { hash } from '#tests/support/builders.ts';
import { FakeHost, inWorker, sent } from './fake-host.ts';
import { someDays, someReviews } from './some-reviews.ts';

const textsOf = (rows: RowBatch): readonly string[] =>
  Array.from({ length: rows.count }, (_, row) => rowText(rows, row));

function isDataset(value: unknown): asserts value is Dataset {
  expect(value).toBeInstanceOf(Dataset);
}

describe('loadDataset', () => {
  test('splits what has arrived into about four fifths and one fifth', async () => {
    const host = inWorker(new FakeHost(someDays(5, 40)));
    const { train, test } = await loadDataset('reviews');
    expect([train.count, test.count]).toEqual([160, 40]);
    expect((await train.rows()).count).toBe(160);
    expect((await test.rows()).count).toBe(40);
    expect(host.logs[0]?.message).toBe(
      "Loaded 'reviews' up to day 5: 160 train / 40 held-out reviews",
    );
  });

  test('holds out rows that are not trained on', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const { train, test } = await loadDataset('reviews');
    const trained = new Set(textsOf(await train.rows()));
    expect(textsOf(await test.rows()).filter((text) => trained.has(text))).toEqual([]);
  });

  test('cuts by arrival', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const { train, test, until } = await loadDataset('reviews', { until: 2 });
    expect([train.count + test.count, until]).toEqual([80, 2]);
  });

  test('takes the seed of the run unless it is told another', async () => {
    inWorker(new FakeHost(someDays(5, 40), { seed: 11 }));
    const ofRun = await loadDataset('reviews');
    const same = await loadDataset('reviews', { seed: 11 });
    const other = await loadDataset('reviews', { seed: 12 });
    expect(same.snapshot).toBe(ofRun.snapshot);
    expect(other.snapshot).not.toBe(ofRun.snapshot);
    expect(textsOf(await other.test.rows())).not.toEqual(textsOf(await ofRun.test.rows()));
  });

  test('names what is the same by the same snapshot, and nothing else', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const first = await loadDataset('reviews');
    expect(first.snapshot).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect((await loadDataset('reviews')).snapshot).toBe(first.snapshot);
    expect((await loadDataset('reviews', { until: 4 })).snapshot).not.toBe(first.snapshot);
  });

  test('refuses a dataset without rows', async () => {
    inWorker(new FakeHost([]));
    await expect(loadDataset('mine')).rejects.toThrow("Dataset 'mine' up to day 0 has no rows.");
  });

  test('refuses rows of one label, saying which is missing and what to do', async () => {
    const praise = someReviews(100).filter(({ label }) => label === 1);
    inWorker(new FakeHost([{ day: 1, rows: praise }]));
    await expect(loadDataset('mine')).rejects.toThrow(BadDataset);
    await expect(loadDataset('mine')).rejects.toThrow(
      'training side has 0 negative and 40 positive rows',
    );
  });

  test('refuses rows without a label, which can be scored only', async () => {
    const host = inWorker(new FakeHost([]));
    host.readSnapshot = async ({ dataset }) => ({
      dataset,
      until: 1,
      contentHash: hash(1),
      days: [
        {
          day: 1,
          rows: packRows([
            { id: 'a', domain: '', label: UNLABELLED, text: 'Well' },
            { id: 'b', domain: '', label: 1, text: 'Good' },
          ]),
        },
      ],
    });
    await expect(loadDataset('bare')).rejects.toThrow(
      "Dataset 'bare' has 1 rows without a label: they can be scored, and not be trained on.",
    );
  });

  test('refuses a held-out side of one label', async () => {
    inWorker(new FakeHost([{ day: 1, rows: someReviews(4) }]));
    await expect(loadDataset('mine')).rejects.toThrow('the held-out side has');
  });

  test('refuses a day or seed that is not a whole number', async () => {
    inWorker(new FakeHost(someDays(2, 40)));
    await expect(loadDataset('mine', { until: 1.5 })).rejects.toThrow(
      'until must be a whole number',
    );
  });

  test('works in a task only', async () => {
    inWorker(new FakeHost(someDays(2, 40), { inFlowBody: true }));
    await expect(loadDataset('reviews')).rejects.toThrow('in a task only');
  });
});

describe('a dataset that crosses to another worker', () => {
  test('is a small reference with its counts', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const dataset = await loadDataset('reviews');
    const { kind, label, data } = await dataset[TO_REFERENCE]();
    expect([kind, label]).toEqual(['dataset', '160 train / 40 held-out reviews']);
    expect(data).toMatchObject({
      dataset: 'reviews',
      until: 5,
      seed: 7,
      counts: { train: 160, heldOut: 40 },
    });
  });

  test('reads its rows only when they are asked for, and once', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const here = await loadDataset('reviews');
    const there = inWorker(new FakeHost(someDays(5, 40), { seed: 99 }));
    const revived = await sent(here);
    isDataset(revived);
    expect(there.snapshotsRead).toBe(0);
    expect(revived.snapshot).toBe(here.snapshot);
    expect(textsOf(await revived.train.rows())).toEqual(textsOf(await here.train.rows()));
    expect(textsOf(await revived.test.rows())).toEqual(textsOf(await here.test.rows()));
    expect(there.snapshotsRead).toBe(1);
  });

  test('reads the same days although more have arrived', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const here = await loadDataset('reviews');
    inWorker(new FakeHost(someDays(9, 40)));
    const revived = await sent(here);
    isDataset(revived);
    expect((await revived.train.rows()).count).toBe(160);
  });

  test('can be one side alone, and that side still knows the other', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const here = await loadDataset('reviews');
    const train = await sent(here.train);
    const test = await sent(here.test);
    expect(train).toMatchObject({
      role: 'train',
      count: 160,
      heldOut: { role: 'heldOut', count: 40 },
    });
    expect(test).toMatchObject({ role: 'heldOut', count: 40 });
  });

  test('refuses rows that have changed since', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const here = await loadDataset('reviews');
    inWorker(new FakeHost(someDays(5, 41)));
    const revived = await sent(here);
    isDataset(revived);
    await expect(revived.train.rows()).rejects.toThrow(
      'is not what it was when this run loaded it',
    );
  });
});

describe('the fault flip-labels', () => {
  const fault = parseFault('extract:1:flip-labels');

  test('turns half of the training labels round, for every reader, and no held-out label', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const clean = await loadDataset('reviews');
    const host = inWorker(new FakeHost(someDays(5, 40), { fault }));
    const corrupt = await sent(await loadDataset('reviews'));
    isDataset(corrupt);
    const [before, after] = [await clean.train.rows(), await corrupt.train.rows()];
    expect(textsOf(after)).toEqual(textsOf(before));
    expect(after.labels.filter((label, row) => label !== before.labels[row]).length).toBe(80);
    expect((await corrupt.test.rows()).labels).toEqual((await clean.test.rows()).labels);
    expect(host.logs.at(-1)?.level).toBe('WARNING');
  });

  test('is part of the snapshot', async () => {
    inWorker(new FakeHost(someDays(5, 40)));
    const clean = await loadDataset('reviews');
    inWorker(new FakeHost(someDays(5, 40), { fault }));
    expect((await loadDataset('reviews')).snapshot).not.toBe(clean.snapshot);
  });
});
