import { describe, expect, test } from 'vitest';
import { UNLABELLED, type TextRow } from '#domain/rows.ts';
import { inspect, isGarbled } from '#ml/quality.ts';
import { corpusRows } from '#tests/unit/corpus/corpus-rows.ts';
import { someReviews } from './some-reviews.ts';

const fine = someReviews(100).map((row, i) => ({ ...row, text: `${row.text} ${i}` }));
const row = (id: string, text: string, label: TextRow['label'] = 1): TextRow => ({
  id,
  domain: 'test',
  label,
  text,
});
const reasonsOf = (rows: readonly TextRow[]) =>
  inspect([...fine, ...rows]).bad.map(({ id, reason }) => `${id}: ${reason}`);

describe('rows that should not be trained on', () => {
  test('are told with the first reason that fits', () => {
    expect(
      reasonsOf([
        row('empty', ' \n'),
        row('garbled', 'It\u00e2\u20ac\u2122s a nice place with friendly staff'),
        row('latin', 'The caf\u00c3\u00a9 was lovely and the staff was kind'),
        row('replaced', 'The staff was \ufffd rude to us on the first day'),
        row('one', 'The soup was cold, and nobody cared about it.', 0),
        row('two', 'the soup was  cold, and nobody cared about it.', 1),
        row('three', 'Lovely rooms and a good bed, would come again.'),
        row('four', 'lovely rooms and a good bed, would come again.'),
        row('long', 'really '.repeat(3000)),
        row('short', 'x'),
      ]),
    ).toEqual([
      'empty: empty text',
      'garbled: broken encoding',
      'latin: broken encoding',
      'replaced: broken encoding',
      'one: label conflict',
      'two: label conflict',
      'four: duplicate',
      'long: unusual length',
      'short: unusual length',
    ]);
  });

  test('are counted by reason, with the balance of the labels', () => {
    const report = inspect([
      row('a', ''),
      row('b', 'Good enough for me.', 0),
      row('c', 'Nothing to add.', UNLABELLED),
    ]);
    expect(report.reasons['empty text']).toBe(1);
    expect(report.badShare).toBeCloseTo(1 / 3);
    expect([report.positiveShare, report.unlabelled]).toEqual([0.5, 1]);
    expect(inspect([])).toMatchObject({ rows: 0, bad: [], badShare: 0, positiveShare: null });
  });

  test('are hardly any in the built-in corpus', () => {
    const { bad, badShare } = inspect(corpusRows());
    console.log(bad.map(({ id, reason, text }) => `${id} ${reason}: ${text}`).join('\n') || 'none');
    expect(badShare).toBeLessThan(0.005);
  });

  test('accents, emoji and quotes are no broken encoding', () => {
    for (const text of [
      'Café, très bien',
      'Ça va, à bientôt',
      '“Nice” – really… 👍',
      'Ãlvaro',
      '100 €',
    ])
      expect(isGarbled(text), text).toBe(false);
  });
});
