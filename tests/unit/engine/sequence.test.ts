import { expect, test } from 'vitest';
import { Sequence } from '#engine/sequence.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('numbered things pass in order, whatever order they come in', async () => {
  const sequence = new Sequence();
  const passed: number[] = [];
  for (const number of [2, 0, 3, 1]) void sequence.turn(number).then(() => passed.push(number));
  await turn();
  expect(passed).toEqual([0, 1, 2, 3]);
});

test('what comes too early waits for those before it', async () => {
  const sequence = new Sequence();
  const passed: number[] = [];
  void sequence.turn(1).then(() => passed.push(1));
  await turn();
  expect(passed).toEqual([]);
  void sequence.turn(0).then(() => passed.push(0));
  await turn();
  expect(passed).toEqual([0, 1]);
});

test('a number that has passed does not pass again', async () => {
  const sequence = new Sequence();
  await sequence.turn(0);
  let passed = false;
  void sequence.turn(0).then(() => (passed = true));
  await sequence.turn(1);
  await turn();
  expect(passed).toBe(false);
});
