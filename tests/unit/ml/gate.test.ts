import { describe, expect, test } from 'vitest';
import { BadGate } from '#domain/gate.ts';
import { gate } from '#ml/gate.ts';
import { conditionsOf } from '#ml/gate-rules.ts';
import type { Scored } from '#ml/compare.ts';
import { loadDataset } from '#ml/load-dataset.ts';
import type { RowBatch } from '#domain/rows.ts';
import { FakeHost, inWorker } from './fake-host.ts';
import { someDays } from './some-reviews.ts';

describe('a gate', () => {
  test('promotes what reaches its threshold', async () => {
    inWorker(new FakeHost([]));
    const verdict = await gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy: 0.928 });
    expect(verdict).toMatchObject({ promoted: true, summary: 'promoted (acc=0.928)' });
  });

  test('rejects what does not, as an answer', async () => {
    inWorker(new FakeHost([]));
    const verdict = await gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy: 0.806 });
    expect(verdict).toMatchObject({ promoted: false, summary: 'rejected (acc=0.806 < 0.9)' });
  });

  test.each([
    ['no condition', {}, 'at least one condition'],
    ['a threshold that is not a number', { accuracy: { atLeast: NaN } }, 'needs a number'],
    ['an accuracy in percent', { accuracy: { atLeast: 90 } }, 'from 0 to 1'],
    ['a negative accuracy', { accuracy: { atLeast: -0.1 } }, 'from 0 to 1'],
  ])('refuses %s', (_, rules, reason) => {
    expect(() => gate(rules)).toThrow(BadGate);
    expect(() => gate(rules)).toThrow(reason);
  });

  test('takes any number for a metric that is not a fraction', () => {
    expect(() => gate({ 'log loss': { atLeast: -3 } })).not.toThrow();
  });

  test.each([
    ['no threshold', { accuracy: {} }, 'needs one threshold'],
    ['two thresholds', { accuracy: { atLeast: 0.1, atMost: 0.9 } }, 'needs one threshold'],
    ['a bare number', { accuracy: 0.9 }, 'atLeast or atMost: { atLeast: 0.9 }, not 0.9'],
    [
      'an unknown metric of a slice',
      { slices: { each: { acc: { atLeast: 0.5 } } } },
      'not measured',
    ],
    ['an unknown kind of slice', { slices: { phones: { f1: { atLeast: 0.5 } } } }, 'domain:phones'],
    ['an empty slice', { slices: { each: {} } }, 'needs conditions'],
    ['an unknown metric to compare', { betterThan: { metric: 'acc' } }, 'Take one of accuracy'],
    ['a negative margin', { notWorseThan: { margin: -1 } }, 'a number of 0 or more'],
    ['an unknown champion', { notWorseThan: 'v3' }, "is 'champion' or { metric"],
    ['an unknown severity', { accuracy: { atLeast: 0.5, severity: 'stop' } }, "'block' or 'warn'"],
  ])('refuses %s, and says what to write', (_, rules, reason) => {
    expect(() => gate(rules as never)).toThrow(BadGate);
    expect(() => gate(rules as never)).toThrow(reason);
  });

  test('passes its severity on to conditions that name none', () => {
    const rules = {
      severity: 'warn',
      accuracy: { atLeast: 0.9 },
      logLoss: { atMost: 0.4, severity: 'block' },
      notWorseThan: 'champion',
    } as const;
    expect(conditionsOf(rules)).toEqual([
      { metric: 'accuracy', atLeast: 0.9, severity: 'warn' },
      { metric: 'logLoss', atMost: 0.4, severity: 'block' },
      { metric: 'accuracy', comparison: { kind: 'not worse', margin: 0 }, severity: 'warn' },
    ]);
  });

  test('decides in a task only', async () => {
    inWorker(new FakeHost([], { inFlowBody: true }));
    const decision = gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy: 1 });
    await expect(decision).rejects.toThrow('in a task only');
  });
});

/** Right on all rows but the first so many. */
const wrongOn = (wrong: number, more: Partial<Scored> = {}): Scored => ({
  scores: ({ labels }: RowBatch) =>
    Array.from(labels, (label, row) => ((label === 1) === row >= wrong ? 2 : -2)),
  ...more,
});

describe('a gate with a champion', () => {
  const host = () => inWorker(new FakeHost(someDays(4, 60)));

  test('scores both on the same held-out rows, and lists the sentences that flipped', async () => {
    host();
    const { test: heldOut } = await loadDataset('reviews');
    const verdict = await gate({ betterThan: 'champion' }).decide(
      wrongOn(2),
      wrongOn(5, { version: 4 }),
      heldOut,
    );
    expect(verdict).toMatchObject({
      promoted: true,
      comparison: { version: 4, rows: heldOut.count, onlyChallenger: 3, onlyChampion: 0 },
    });
    expect(verdict.flips).toHaveLength(3);
    const rows = await heldOut.rows();
    expect(verdict.flips?.map(({ id }) => id).sort()).toEqual(rows.ids.slice(2, 5).sort());
    const [flip] = verdict.flips ?? [];
    expect(Math.round(flip?.challenger ?? NaN)).toBe(flip?.label);
    expect(verdict.evidence?.slices).toHaveProperty('domain:test');
  });

  test('counts the held-out rows that the champion was trained on, and warns', async () => {
    const { logs } = host();
    const { test: heldOut } = await loadDataset('reviews', { seed: 1 });
    const other = await loadDataset('reviews', { seed: 2 });
    const decide = (champion: Scored) =>
      gate({ notWorseThan: 'champion' }).decide(wrongOn(1), champion, heldOut);
    const trained = await decide(wrongOn(1, { trainingData: () => other }));
    expect(trained.warnings).toEqual([expect.stringMatching(/was trained on \d+ of these/)]);
    expect(logs.filter(({ level }) => level === 'WARNING')).toHaveLength(1);
    const same = await decide(wrongOn(1, { trainingData: () => heldOut.dataset }));
    expect(same.warnings).toBeUndefined();
    const unknown = () => {
      throw new Error('not kept');
    };
    expect((await decide(wrongOn(1, { trainingData: unknown }))).warnings).toBeUndefined();
  });

  test('refuses what is given as the champion and is none', async () => {
    host();
    const { test: heldOut } = await loadDataset('reviews');
    const notAwaited = Promise.resolve(wrongOn(1)) as unknown as Scored;
    const rules = gate({ betterThan: 'champion' });
    await expect(rules.decide(wrongOn(1), notAwaited, heldOut)).rejects.toThrow('to be awaited');
    const contest = { challenger: wrongOn(1), champion: notAwaited, heldOut };
    await expect(rules.decide({ accuracy: 1 }, contest)).rejects.toThrow('to be awaited');
  });

  test('says which model gave no score for which row', async () => {
    host();
    const { test: heldOut } = await loadDataset('reviews');
    const broken: Scored = {
      scores: ({ labels }) => Array.from(labels, (_, i) => (i === 1 ? NaN : 1)),
    };
    const ask = gate({ accuracy: { atLeast: 0.5 } }).decide(wrongOn(0), broken, heldOut);
    await expect(ask).rejects.toThrow(`The champion gave NaN for row 2 of ${heldOut.count}`);
    const short = gate({ accuracy: { atLeast: 0.5 } }).decide(
      { scores: () => [1] },
      undefined,
      heldOut,
    );
    await expect(short).rejects.toThrow(`The challenger gave 1 scores for ${heldOut.count} rows`);
  });

  test('refuses training rows', async () => {
    host();
    const { train } = await loadDataset('reviews');
    const ask = gate({ accuracy: { atLeast: 0.5 } }).decide(wrongOn(0), undefined, train);
    await expect(ask).rejects.toThrow('Give it data.test');
  });
});
