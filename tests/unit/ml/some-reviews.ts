import { packRows, type LabelledText, type RowBatch } from '#domain/rows.ts';
import { seededRandom } from '#ml/seeded.ts';
import type { Day } from './fake-host.ts';

const PRAISE = [
  'great',
  'lovely',
  'perfect',
  'excellent',
  'friendly',
  'delicious',
  'fast',
  'superb',
];
const BLAME = ['awful', 'broken', 'rude', 'terrible', 'boring', 'slow', 'dirty', 'useless'];
const THINGS = [
  'staff',
  'room',
  'screen',
  'plot',
  'soup',
  'battery',
  'ending',
  'bed',
  'sauce',
  'update',
];
const FILLERS = [
  'the',
  'a',
  'really',
  'was',
  'and',
  'with',
  'my',
  'today',
  'again',
  'honestly',
  'here',
];

/** Made-up sentences that a bag of words can mostly tell apart. Half are positive; the same for the same seed. */
export function someReviews(count: number, seed = 1): readonly LabelledText[] {
  const random = seededRandom(seed);
  const one = (words: readonly string[]): string =>
    words[Math.floor(random() * words.length)] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const label = i % 2 === 0 ? 0 : 1;
    const feeling = random() < 0.9 ? label : 1 - label;
    const words = Array.from({ length: 9 }, () => one(random() < 0.5 ? FILLERS : THINGS));
    words.splice(Math.floor(random() * 9), 0, one(feeling === 1 ? PRAISE : BLAME));
    words.splice(Math.floor(random() * 9), 0, one(feeling === 1 ? PRAISE : BLAME));
    return { id: `r${seed}-${i}`, domain: 'test', label, text: words.join(' ') };
  });
}

export const someRows = (count: number, seed?: number): RowBatch =>
  packRows(someReviews(count, seed));

/** `days` days of reviews, `perDay` each. */
export const someDays = (days: number, perDay: number): readonly Day[] =>
  Array.from({ length: days }, (_, i) => ({ day: i + 1, rows: someReviews(perDay, 100 + i) }));
