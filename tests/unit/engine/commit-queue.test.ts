import { describe, expect, it } from 'vitest';
import { CommitQueue } from '#engine/commit-queue.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function queueOf() {
  const commits: { batches: readonly string[]; done: () => void; fail: (error: Error) => void }[] =
    [];
  const queue = new CommitQueue<string>(
    (batches) =>
      new Promise((done, fail) => {
        commits.push({ batches, done, fail });
      }),
  );
  return { queue, commits };
}

describe('commits of one run', () => {
  it('come one after the other, and those that wait share the next', async () => {
    const { queue, commits } = queueOf();
    const done: string[] = [];
    const add = (batch: string) => void queue.add(batch).then(() => done.push(batch));
    add('a');
    await turn();
    for (const batch of ['b', 'c']) add(batch);
    await turn();
    expect(commits.map(({ batches }) => batches)).toEqual([['a']]);
    commits[0]?.done();
    await turn();
    expect(done).toEqual(['a']);
    expect(commits[1]?.batches).toEqual(['b', 'c']);
    commits[1]?.done();
    await turn();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('end with the first that fails: nothing is written after it', async () => {
    const { queue, commits } = queueOf();
    const full = new Error('full');
    const outcomes = Promise.allSettled([queue.add('a'), turn().then(() => queue.add('b'))]);
    await turn();
    await turn();
    commits[0]?.fail(full);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: full });
    await expect(queue.add('c')).rejects.toBe(full);
    await expect(queue.broken).rejects.toBe(full);
    expect(commits).toHaveLength(1);
  });
});
