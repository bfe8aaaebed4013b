import { describe, expect, test } from 'vitest';
import type { Store, Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';
import type { OpenStore } from './store.contract.ts';

const { streamId } = build.event();
const event = (seq: number): Write => ({
  store: 'events',
  op: 'add',
  record: build.event({ seq }),
});
const setting = (value: number): Write => ({
  store: 'settings',
  op: 'put',
  record: build.setting({ value }),
});
const numbers = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

const seqs = async (store: Store): Promise<readonly number[]> =>
  (await store.events(streamId)).map(({ seq }) => seq);

const names = (outcomes: readonly PromiseSettledResult<unknown>[]): readonly string[] =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'kept' : outcome.reason.name));

export function concurrencyContract(open: OpenStore): void {
  describe('commits under way together', () => {
    test('are kept in the order of the calls, so the last put wins', async () => {
      const store = await open();
      await Promise.all(numbers(30).map((n) => store.commit([setting(n)])));
      expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(
        build.setting({ value: 30 }),
      );
    });

    test('resolve in the order of the calls', async () => {
      const store = await open();
      const resolved: number[] = [];
      await Promise.all(
        numbers(10).map((n) => store.commit([event(n)]).then(() => resolved.push(n))),
      );
      expect(resolved).toEqual(numbers(10));
    });

    test('a later one is never visible without the earlier ones', async () => {
      const store = await open();
      let under = true;
      const commits = Promise.all(numbers(20).map((n) => store.commit([event(n)])));
      void commits.finally(() => (under = false));
      while (under) {
        const seen = await seqs(store);
        expect(seen).toEqual(numbers(seen.length));
        await new Promise((resolve) => setTimeout(resolve));
      }
      expect(await seqs(store)).toEqual(numbers(20));
    });

    test('only the one in conflict fails, and leaves nothing behind', async () => {
      const store = await open();
      await store.commit([event(3)]);
      const outcomes = await Promise.allSettled(
        numbers(5).map((n) => store.commit([setting(n), event(n)])),
      );
      expect(names(outcomes)).toEqual(['kept', 'kept', 'Conflict', 'kept', 'kept']);
      expect(await seqs(store)).toEqual(numbers(5));
      expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(
        build.setting({ value: 5 }),
      );
    });

    test('the first of two that add one key wins', async () => {
      const store = await open();
      const version = (n: number): Write => ({
        store: 'modelVersions',
        op: 'add',
        record: build.modelVersion({ version: n }),
      });
      const outcomes = await Promise.allSettled([
        store.commit([setting(0)]),
        store.commit([version(1)]),
        store.commit([version(2)]),
        store.commit([version(1)]),
      ]);
      expect(names(outcomes)).toEqual(['kept', 'kept', 'Conflict', 'Conflict']);
      expect(await store.modelVersions('sentiment')).toEqual([build.modelVersion()]);
    });

    test('one that deletes makes room for a later one that adds', async () => {
      const store = await open();
      await store.commit([event(1)]);
      const outcomes = await Promise.allSettled([
        store.commit([setting(0)]),
        store.commit([event(1)]),
        store.commit([{ store: 'events', op: 'delete', key: [streamId, 1] }]),
        store.commit([event(1)], 'strict'),
      ]);
      expect(names(outcomes)).toEqual(['kept', 'Conflict', 'kept', 'kept']);
    });

    test('a commit called when an earlier one resolves is kept too', async () => {
      const store = await open();
      const chain = async (from: number): Promise<void> => {
        for (const n of numbers(5)) await store.commit([event(from + n)]);
      };
      await Promise.all([chain(0), chain(5), chain(10)]);
      expect(await seqs(store)).toEqual(numbers(15));
    });
  });
}
