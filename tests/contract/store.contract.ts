import { describe } from 'vitest';
import type { Store } from '#domain/store.ts';
import { commitContract } from './commits.contract.ts';
import { concurrencyContract } from './concurrency.contract.ts';
import { listContract } from './lists.contract.ts';
import { pagingContract } from './paging.contract.ts';
import { removalContract } from './removal.contract.ts';
import { snapshotContract } from './snapshot.contract.ts';

/** Gives a new, empty store at each call. */
export type OpenStore = () => Promise<Store>;

/** What every implementation of `Store` promises. */
export function storeContract(name: string, open: OpenStore): void {
  describe(name, () => {
    commitContract(open);
    concurrencyContract(open);
    listContract(open);
    pagingContract(open);
    removalContract(open);
    snapshotContract(open);
  });
}
