import { describe, expect, test } from 'vitest';
import type { Durability, Write } from '#domain/store.ts';
import { groupCommits, type Apply } from '#storage/group-commit.ts';
import * as build from '#tests/support/builders.ts';

const write = (value: number): Write => ({
  store: 'settings',
  op: 'put',
  record: build.setting({ value }),
});
const valueOf = (one: Write): number =>
  one.store === 'settings' && one.op !== 'delete' ? one.record.value : NaN;

/** Records each transaction as `relaxed 1,2`; one that holds `poison` fails. */
function scripted(poison?: number) {
  const transactions: string[] = [];
  const apply: Apply = async (writes, durability) => {
    const values = writes.map(valueOf);
    transactions.push(`${durability} ${values.join(',')}`);
    await Promise.resolve();
    if (poison !== undefined && values.includes(poison)) throw new Error(`poison ${poison}`);
  };
  const commit = groupCommits(apply);
  const run = (...commits: readonly (readonly [Durability, ...number[]])[]) =>
    Promise.allSettled(
      commits.map(([durability, ...values]) => commit(values.map(write), durability)),
    );
  return { transactions, commit, run };
}

describe('group commit', () => {
  test('the first commit goes alone and at once, those that arrive meanwhile go together', async () => {
    const { transactions, run } = scripted();
    const outcomes = await run(['relaxed', 1], ['relaxed', 2, 3], ['relaxed', 4]);
    expect(transactions).toEqual(['relaxed 1', 'relaxed 2,3,4']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  test('one strict member makes its group strict, and no other', async () => {
    const { transactions, run } = scripted();
    await run(['relaxed', 1], ['relaxed', 2], ['strict', 3]);
    await run(['relaxed', 4]);
    expect(transactions).toEqual(['relaxed 1', 'strict 2,3', 'relaxed 4']);
  });

  test('after a failed group each member goes alone, in order, with its own durability', async () => {
    const { transactions, run } = scripted(3);
    const outcomes = await run(['relaxed', 1], ['relaxed', 2], ['strict', 3], ['relaxed', 4]);
    expect(transactions.slice(2)).toEqual(['relaxed 2', 'strict 3', 'relaxed 4']);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  test('a commit that fails alone is not tried twice', async () => {
    const { transactions, run } = scripted(1);
    expect(await run(['relaxed', 1])).toMatchObject([{ reason: new Error('poison 1') }]);
    expect(transactions).toEqual(['relaxed 1']);
  });

  test('a commit called as soon as another resolves is written at once, without a copy', async () => {
    const seen: Write[] = [];
    const commit = groupCommits(async (writes) => void seen.push(...writes));
    const writes = [write(1), write(2)];
    for (const one of writes) await commit([one], 'relaxed');
    for (const [i, one] of writes.entries()) expect(seen[i]).toBe(one);
  });
});
