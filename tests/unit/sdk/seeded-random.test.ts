import { expect, test } from 'vitest';
import { seededRandom } from '#sdk/seeded-random.ts';

const draw = (random: () => number, count: number) => Array.from({ length: count }, random);

test('the same parts give the same numbers, from 0 to below 1', () => {
  expect(draw(seededRandom(7, 'train', 1), 5)).toEqual(draw(seededRandom(7, 'train', 1), 5));
  const many = draw(seededRandom(7), 10_000);
  expect(many.every((number) => number >= 0 && number < 1)).toBe(true);
});

test('any other part gives other numbers', () => {
  const firsts = [
    seededRandom(7, 'train', 1),
    seededRandom(8, 'train', 1),
    seededRandom(7, 'extract', 1),
    seededRandom(7, 'train', 2),
  ].map((random) => random());
  expect(new Set(firsts).size).toBe(4);
});

test('the numbers are spread evenly', () => {
  const numbers = draw(seededRandom(1), 10_000);
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const number of numbers) tenths[Math.floor(number * 10)]! += 1;
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120);
});
