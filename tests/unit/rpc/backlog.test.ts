import { expect, it } from 'vitest';
import { Backlog } from '#rpc/backlog.ts';

const readAll = (backlog: Backlog, count: number): number =>
  Array.from({ length: count }, () => backlog.read()).filter(Boolean).length;

it('is too long when more was waiting than a worker with its credits can have sent', () => {
  expect(readAll(new Backlog(() => undefined), 30_000)).toBe(20_008);
});

it('counts anew once everything is read that had come by then', () => {
  const own: (() => void)[] = [];
  const backlog = new Backlog((callback) => own.push(callback));
  for (let round = 0; round < 5; round++) {
    expect(readAll(backlog, 20_000)).toBe(20_000);
    own.shift()?.();
  }
  expect(own).toEqual([]);
});

it('of one that waits for answers stays short, however many there are', async () => {
  const backlog = new Backlog();
  let good = true;
  for (let i = 0; i < 50; i++) {
    good &&= readAll(backlog, 1000) === 1000;
    await new Promise((resolve) => setTimeout(resolve));
  }
  expect(good).toBe(true);
});
