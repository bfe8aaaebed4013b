import { describe, expect, it } from 'vitest';
import { corpusRows, corpusText, HEADER, type CorpusRow } from './corpus-rows.ts';
import { alikePairs, shingles, wordsOf } from './shingles.ts';

const text = corpusText();
const rows = corpusRows(text);

const DOMAINS = ['apps', 'books', 'films', 'hotels', 'phones', 'restaurants'];
const DAYS = Array.from({ length: 60 }, (_, i) => i + 1);
const DRIFT_DAY = 40;
const DAY_RANGES = [
  [1, 10],
  [11, 20],
  [21, 30],
  [31, 39],
  [40, 50],
  [51, 60],
] as const;

const shareOf = (some: readonly CorpusRow[], matches: (row: CorpusRow) => boolean): number =>
  some.filter(matches).length / some.length;
const positiveShare = (some: readonly CorpusRow[]) => shareOf(some, (row) => row.label === 1);

function expectBalanced(some: readonly CorpusRow[]): void {
  expect(positiveShare(some)).toBeGreaterThanOrEqual(0.45);
  expect(positiveShare(some)).toBeLessThanOrEqual(0.55);
}

describe('the file of the built-in corpus', () => {
  it('has a header and six fields a line, and ends with a line break', () => {
    const lines = text.split('\n');
    expect(lines[0]).toBe(HEADER);
    expect(lines.at(-1)).toBe('');
    expect(lines.slice(0, -1).filter((line) => line.split('\t').length !== 6)).toEqual([]);
  });

  it('has labels and marks of 0 and 1 and whole days, in order of arrival', () => {
    const fields = text
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split('\t'));
    const wrong = fields.filter(
      ([, day, , label, hard]) => !/^\d+ [01] [01]$/.test(`${day} ${label} ${hard}`),
    );
    expect(wrong).toEqual([]);
    const days = rows.map((row) => row.day);
    expect(days).toEqual(days.toSorted((a, b) => a - b));
  });

  it('has at least 2,400 rows, each with an id and a text of its own', () => {
    expect(rows.length).toBeGreaterThanOrEqual(2400);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.text)).size).toBe(rows.length);
  });

  it('has texts of 6 to 60 words without control characters or stray spaces', () => {
    const words = (row: CorpusRow) => row.text.split(/\s+/).length;
    expect(rows.filter((row) => words(row) < 6 || words(row) > 60)).toEqual([]);
    expect(rows.filter((row) => /\p{Cc}|\p{Cf}|\p{Co}|�|^\s|\s$|\s\s/u.test(row.text))).toEqual([]);
  });
});

describe('the labels of the built-in corpus', () => {
  it('are about half and half', () => expectBalanced(rows));

  it.each(DOMAINS)('are about half and half among %s', (domain) =>
    expectBalanced(rows.filter((row) => row.domain === domain)),
  );

  it.each(DAY_RANGES)('are about half and half on days %i to %i', (first, last) =>
    expectBalanced(rows.filter((row) => row.day >= first && row.day <= last)),
  );

  it('are about half and half among the hard rows', () =>
    expectBalanced(rows.filter((row) => row.hard)));
});

describe('the arrivals of the built-in corpus', () => {
  it('are of six domains', () => {
    expect([...new Set(rows.map((row) => row.domain))].toSorted()).toEqual(DOMAINS);
  });

  it('come on each of 60 days and on no other', () => {
    expect([...new Set(rows.map((row) => row.day))]).toEqual(DAYS);
  });

  it('bring apps from day 40 on, and on each day from then', () => {
    const days = new Set(rows.filter((row) => row.domain === 'apps').map((row) => row.day));
    expect([...days]).toEqual(DAYS.filter((day) => day >= DRIFT_DAY));
  });

  it.each(['goated', 'lowkey', 'ngl', 'no cap', 'slaps', 'sus', 'the ick', 'vibes'])(
    "bring the slang '%s' from day 40 on, to the old domains as well",
    (slang) => {
      const saying = rows.filter((row) =>
        ` ${wordsOf(row.text).join(' ')} `.includes(` ${slang} `),
      );
      expect(saying.filter((row) => row.day < DRIFT_DAY)).toEqual([]);
      expect(saying.filter((row) => row.domain !== 'apps').length).toBeGreaterThanOrEqual(10);
    },
  );
});

describe('the mix of the built-in corpus', () => {
  const hardShare = (some: readonly CorpusRow[]) => shareOf(some, (row) => row.hard);

  it('has 14 % hard rows, in each domain and under each label alike', () => {
    expect(hardShare(rows)).toBeCloseTo(0.14, 2);
    for (const domain of DOMAINS)
      expect(hardShare(rows.filter((row) => row.domain === domain))).toBeCloseTo(0.14, 1);
    for (const label of [0, 1])
      expect(hardShare(rows.filter((row) => row.label === label))).toBeCloseTo(0.14, 1);
  });
});

describe('the texts of the built-in corpus', () => {
  it('share no sequence of five words in more than 1 % of the rows', () => {
    const counts = new Map<string, number>();
    for (const row of rows)
      for (const five of shingles(row.text, 5)) counts.set(five, (counts.get(five) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > rows.length / 100)).toEqual([]);
  });

  it('are never two of one kind: no pair shares half of its sequences of three words', () => {
    const texts = rows.map((row) => row.text);
    expect([...alikePairs(texts)].filter(({ jaccard }) => jaccard > 0.5)).toEqual([]);
  });
});

describe('the measure of likeness', () => {
  it('finds a text that differs in one word, and passes over what shares nothing', () => {
    const texts = [
      'the soup was cold and thin',
      'a fine old hotel',
      'The soup was cold and salty!',
    ];
    expect([...alikePairs(texts)]).toEqual([{ first: 0, second: 2, jaccard: 3 / 5 }]);
  });
});
