import { describe, expect, it } from 'vitest';
import type { DatasetDaySummary, DatasetSummary } from '#domain/datasets.ts';
import {
  arrivalWords,
  arrived,
  balanceOf,
  barWords,
  datasetWords,
  dayBars,
  domainsOf,
  lengthsOf,
  nameFromFile,
  progressWords,
} from '#ui/layout/dataset-words.ts';
import { hash } from '#tests/support/builders.ts';

const day = (n: number, fields: Partial<DatasetDaySummary> = {}): DatasetDaySummary => ({
  day: n,
  rows: 10,
  negative: 4,
  positive: 6,
  unlabelled: 0,
  textBytes: 1_000,
  domains: { books: 7, films: 3 },
  otherDomains: 0,
  lengths: [0, 6, 4, 0, 0, 0, 0, 0],
  contentHash: hash(n),
  ...fields,
});

const builtIn: DatasetSummary = {
  name: 'reviews',
  contentHash: hash(3),
  days: [day(1), day(2), day(3)],
};
const mine: DatasetSummary = {
  ...builtIn,
  name: 'mine',
  imported: { at: 0, from: 'mine.csv', labelled: true },
};

describe('what has arrived of a dataset', () => {
  it('follows the calendar for the built-in one, and is all of an imported one', () => {
    expect(arrived(builtIn, 2)).toMatchObject({ rows: 20, positive: 12, toCome: 1 });
    expect(arrived(mine, 2)).toMatchObject({ rows: 30, toCome: 0 });
  });

  it('is told in a sentence', () => {
    expect(datasetWords(arrived(builtIn, 2))).toBe('20 rows, 60 % positive, 2 KB of text');
    expect(arrivalWords(builtIn, arrived(builtIn, 2))).toBe(
      'Day 2 has arrived; 1 more come, one each calendar day since your first visit',
    );
    expect(arrivalWords(builtIn, arrived(builtIn, 9))).toBe(
      'All 3 days have arrived: nothing new arrives any more',
    );
    expect(arrivalWords(mine, arrived(mine, 9))).toBe('On 3 days, the last is day 3');
    const bare = { ...mine, days: [day(1, { negative: 0, positive: 0, unlabelled: 10 })] };
    expect(datasetWords(arrived(bare, 1))).toContain('no labels');
    expect(balanceOf(arrived(bare, 1))).toEqual([{ label: 'Without a label', rows: 10 }]);
  });

  it('is counted by label, domain and length', () => {
    const here = arrived(builtIn, 2);
    expect(balanceOf(here).map(({ rows }) => rows)).toEqual([12, 8]);
    expect(domainsOf(here)).toEqual([
      { label: 'books', rows: 14 },
      { label: 'films', rows: 6 },
    ]);
    expect(lengthsOf(here)).toEqual([
      { label: '9 to 16 words', rows: 12 },
      { label: '17 to 32 words', rows: 8 },
    ]);
    const none = arrived({ ...mine, days: [day(1, { domains: { '': 10 } })] }, 1);
    expect(domainsOf(none)).toEqual([]);
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`d${i}`, 12 - i]));
    const shown = domainsOf(
      arrived({ ...mine, days: [day(1, { domains: many, otherDomains: 5 })] }, 1),
    );
    expect(shown).toHaveLength(9);
    expect(shown.at(-1)).toEqual({ label: 'others', rows: 4 + 3 + 2 + 1 + 5 });
  });
});

describe('bars of days', () => {
  it('are one a day, with gaps where nothing came', () => {
    const bars = dayBars([day(2), day(4, { rows: 5 })], 90);
    expect(bars.map(({ first, height }) => [first, height])).toEqual([
      [2, 1],
      [3, 0],
      [4, 0.5],
    ]);
    expect(barWords(bars[2]!)).toBe('day 4: 5 rows');
  });

  it('stand for several days where there are many', () => {
    const bars = dayBars(
      Array.from({ length: 200 }, (_, i) => day(i + 1)),
      90,
    );
    expect(bars).toHaveLength(67);
    expect(barWords(bars[0]!)).toBe('days 1 to 3: 30 rows');
    expect(bars.at(-1)).toMatchObject({ first: 199, last: 200, rows: 20 });
    expect(dayBars([], 90)).toEqual([]);
  });
});

describe('words of an import', () => {
  it('name a dataset after its file', () => {
    expect(nameFromFile('my reviews.csv.gz')).toBe('my reviews');
    expect(nameFromFile('../ta[b]le.parquet')).toBe('ta-b-le');
    expect(nameFromFile('pasted text')).toBe('mine');
    expect(nameFromFile('.csv')).toBe('mine');
  });

  it('say how far it is', () => {
    expect(progressWords(1_200_000, 65_000_000, 900)).toBe('1.2 MB of 65.0 MB, 900 rows');
  });
});
