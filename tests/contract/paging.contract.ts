import { describe, expect, test } from 'vitest';
import { asFlowRunId } from '#domain/ids.ts';
import type { Store, Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';
import type { OpenStore } from './store.contract.ts';

const run = (id: string, createdAt: number): Write => ({
  store: 'flowRuns',
  op: 'add',
  record: build.flowRun({ id: asFlowRunId(id), createdAt }),
});

/** `c3 b3`: id and creation time. */
const page = async (store: Store, limit: number, before?: number): Promise<string> =>
  (await store.newestFlowRuns(limit, before))
    .map(({ id, createdAt }) => `${id}${createdAt}`)
    .join(' ');

export function pagingContract(open: OpenStore): void {
  describe('the newest flow runs', () => {
    test('come newest first, at most `limit` of them where no two share a millisecond', async () => {
      const store = await open();
      await store.commit([run('b', 2), run('a', 3), run('c', 1)]);
      expect(await page(store, 2)).toBe('a3 b2');
      expect(await page(store, 10)).toBe('a3 b2 c1');
      expect(await page(store, 10, 3)).toBe('b2 c1');
      expect(await page(store, 10, 1)).toBe('');
      expect(await page(store, 0)).toBe('');
    });

    test('a page never ends between runs of one millisecond', async () => {
      const store = await open();
      await store.commit([run('a', 2), run('b', 2), run('c', 2), run('d', 3), run('e', 1)]);
      expect(await page(store, 2)).toBe('d3 c2 b2 a2');
      expect(await page(store, 2, 2)).toBe('e1');
    });

    test('paging by the creation time of the last one shows every run once', async () => {
      const store = await open();
      const runs = Array.from({ length: 23 }, (_, i) => run(`fr_${i}`, Math.floor(i / 4)));
      await store.commit(runs);
      const seen: string[] = [];
      for (let before: number | undefined; ;) {
        const found = await store.newestFlowRuns(3, before);
        if (found.length === 0) break;
        seen.push(...found.map(({ id }) => id));
        before = found.at(-1)?.createdAt;
      }
      expect(seen).toHaveLength(23);
      expect(new Set(seen).size).toBe(23);
    });

    test('a run keeps its place when it is put again', async () => {
      const store = await open();
      await store.commit([run('a', 1), run('b', 2)]);
      const ended = build.flowRun({ id: asFlowRunId('a'), createdAt: 1, active: 0 });
      await store.commit([{ store: 'flowRuns', op: 'put', record: ended }]);
      expect(await page(store, 10)).toBe('b2 a1');
    });
  });
}
