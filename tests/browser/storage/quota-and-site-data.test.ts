import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageClosed, StorageFull, type Write } from '#domain/store.ts';
import { freshName, openFresh, openNamed } from '#tests/contract/fresh-database.ts';
import * as build from '#tests/support/builders.ts';
import { clear, MB, noise, quota } from './quota.ts';

// Chromium remembers for half a minute how much room it found, and forgets with the last database of the origin.
beforeEach(() => clear());
afterEach(() => quota());

const value = (n: number, megabytes: number): Write => ({
  store: 'values',
  op: 'add',
  record: build.storedValue({ hash: build.hash(n), bytes: noise(megabytes * MB) }),
});
const setting: Write = { store: 'settings', op: 'put', record: build.setting() };

test('more than the quota is StorageFull, nothing of it kept, and smaller commits go on', async () => {
  const store = await openFresh();
  await quota(10);
  await expect(store.commit([setting, value(1, 25)])).rejects.toBeInstanceOf(StorageFull);
  expect(await store.get('settings', 'firstVisitAt')).toBeUndefined();
  await store.commit([setting]);
  expect(await store.get('settings', 'firstVisitAt')).toEqual(build.setting());
});

test('of commits under way together only the one without room is StorageFull', async () => {
  const store = await openFresh();
  await quota(10);
  const outcomes = await Promise.allSettled([
    store.commit([setting]),
    store.commit([value(1, 1)]),
    store.commit([value(2, 25)]),
    store.commit([value(3, 1)], 'strict'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(outcomes[2]).toMatchObject({ reason: expect.any(StorageFull) });
  expect((await store.get('values', build.hash(3)))?.bytes.byteLength).toBe(MB);
});

describe('clearing the data of the site', () => {
  test('ends the connection: StorageClosed, said once', async () => {
    const onClosed = vi.fn();
    const store = await openNamed(freshName(), { onClosed });
    await store.commit([setting]);
    await clear();
    await vi.waitFor(() => expect(onClosed.mock.calls).toEqual([['terminated']]));
    await expect(store.commit([setting])).rejects.toBeInstanceOf(StorageClosed);
  });

  test('leaves no commit without an answer', async () => {
    const store = await openFresh();
    const commits = Array.from({ length: 20 }, (_, n) => store.commit([value(n, 5)]));
    await clear();
    for (const outcome of await Promise.allSettled(commits))
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StorageClosed);
  });
});
