import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StorageClosed, StorageFull, type Write } from '#domain/store.ts';
import { StorageRefused } from '#storage/storage-errors.ts';
import * as build from '#tests/support/builders.ts';
import { freshName, openFresh, openNamed } from './fresh-database.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const setting = (value: number): Write => ({
  store: 'settings',
  op: 'put',
  record: build.setting({ value }),
});
const value: Write = { store: 'values', op: 'put', record: build.storedValue() };

/** Each put into `values` behaves so; all others as ever. */
function putValuesLike(behaviour: (store: IDBObjectStore) => void): void {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    record: unknown,
  ) {
    const request = put.call(this, record);
    if (this.name === 'values') behaviour(this);
    return request;
  });
}

function abortAtCommit(before: (transaction: IDBTransaction) => void = () => undefined): void {
  vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (this: IDBTransaction) {
    before(this);
    this.abort();
  });
}

/** The connection on which the spied `transaction` was called first. */
function connectionOf(transaction: {
  readonly mock: { readonly contexts: unknown[] };
}): IDBDatabase {
  const [db] = transaction.mock.contexts;
  if (!(db instanceof IDBDatabase)) throw new Error('No transaction was started.');
  return db;
}

const throwing = (name: string) => (): never => {
  throw new DOMException('', name);
};

describe('a browser that gives no more room', () => {
  test('and aborts the transaction means StorageFull, nothing kept', async () => {
    const store = await openFresh();
    abortAtCommit();
    await expect(store.commit([setting(1), value])).rejects.toBeInstanceOf(StorageFull);
    vi.restoreAllMocks();
    expect(await store.get('settings', 'firstVisitAt')).toBeUndefined();
  });

  test('while another tab upgrades means StorageClosed', async () => {
    const store = await openFresh();
    abortAtCommit(({ db }) =>
      db.dispatchEvent(new IDBVersionChangeEvent('versionchange', { newVersion: 2 })),
    );
    await expect(store.commit([setting(1), value])).rejects.toBeInstanceOf(StorageClosed);
  });

  test.each(['QuotaExceededError', 'InvalidStateError'])(
    'and throws %s at the write means StorageFull, nothing kept',
    async (name) => {
      const store = await openFresh();
      putValuesLike(throwing(name));
      await expect(store.commit([setting(1), value])).rejects.toBeInstanceOf(StorageFull);
      expect(await store.get('settings', 'firstVisitAt')).toBeUndefined();
    },
  );

  test('fails only the commit that is too large, and room for later ones is used', async () => {
    const store = await openFresh();
    putValuesLike(throwing('QuotaExceededError'));
    const outcomes = await Promise.allSettled([
      store.commit([setting(1)]),
      store.commit([setting(2)]),
      store.commit([setting(3), value]),
      store.commit([setting(4)]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(build.setting({ value: 4 }));
  });
});

describe('a browser that ends the connection', () => {
  test('makes the store StorageClosed and says so', async () => {
    const onClosed = vi.fn();
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const store = await openNamed(freshName(), { onClosed });
    await store.commit([setting(1)]);
    forceCloseDatabase(connectionOf(transaction) as never);
    expect(onClosed.mock.calls).toEqual([['terminated']]);
    await expect(store.commit([setting(2)])).rejects.toBeInstanceOf(StorageClosed);
  });

  test('leaves no call without an answer, although it gives none', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const store = await openFresh();
    vi.spyOn(IDBTransaction.prototype, 'addEventListener').mockReturnValue();
    const calls = [store.commit([setting(1)]), store.commit([setting(2)]), store.deployments()];
    connectionOf(transaction).dispatchEvent(new IDBVersionChangeEvent('close'));
    for (const call of calls) await expect(call).rejects.toBeInstanceOf(StorageClosed);
  });
});

describe('a browser without durable storage', () => {
  test.each([undefined, null])('that has %s for indexedDB is refused as missing', async (none) => {
    const name = freshName();
    vi.stubGlobal('indexedDB', none);
    const failure = openNamed(name);
    await expect(failure).rejects.toEqual(new StorageRefused('missing'));
    await expect(failure).rejects.toBeInstanceOf(StorageRefused);
    vi.unstubAllGlobals();
  });

  test.each(['SecurityError', 'InvalidStateError', 'UnknownError'])(
    'that throws %s at the open is refused',
    async (name) => {
      vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(throwing(name));
      await expect(openNamed('nightshift')).rejects.toMatchObject({
        name: 'StorageRefused',
        reason: 'refused',
        cause: { name },
      });
    },
  );
});

describe('transactions', () => {
  test('a hundred commits together cost two of them', async () => {
    const store = await openFresh();
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.commit([setting(n)])));
    expect(transaction).toHaveBeenCalledTimes(2);
  });

  test('are relaxed unless strict is asked for, and committed explicitly', async () => {
    const store = await openFresh();
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit');
    await store.commit([setting(1)]);
    await store.commit([setting(2)], 'strict');
    expect(transaction.mock.calls).toEqual([
      [['settings'], 'readwrite', { durability: 'relaxed' }],
      [['settings'], 'readwrite', { durability: 'strict' }],
    ]);
    expect(commit).toHaveBeenCalledTimes(2);
  });
});
