import { expect, it } from 'vitest';
import { MessageAllowance } from '#rpc/message-allowance.ts';

const taken = (allowance: MessageAllowance, count: number): number =>
  Array.from({ length: count }, () => allowance.take()).filter(Boolean).length;

it('lets a burst of 30,000 pass, then 5,000 a second', () => {
  let now = 0;
  const allowance = new MessageAllowance(() => now);
  expect(taken(allowance, 40_000)).toBe(30_000);
  now = 12_000;
  expect(taken(allowance, 20_000)).toBe(20_000);
});

it('saves up no more than a burst, and nothing while the clock goes back', () => {
  let now = 1_000_000;
  const allowance = new MessageAllowance(() => now);
  now += 3_600_000;
  expect(taken(allowance, 40_000)).toBe(30_000);
  now -= 3_600_000;
  expect(allowance.take()).toBe(false);
});
