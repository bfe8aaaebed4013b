import { afterEach, beforeEach, expect, test } from 'vitest';
import { asFlowRunId } from '#domain/ids.ts';
import { StorageFull, type Store, type Write } from '#domain/store.ts';
import { openFresh } from '#tests/contract/fresh-database.ts';
import * as build from '#tests/support/builders.ts';
import { clear, MB, noise, quota } from './quota.ts';

// Chromium forgets with the last database of the origin how much room it found.
beforeEach(() => clear());
afterEach(() => quota());

const run = (n: number, megabytes: number): readonly Write[] => {
  const flowRunId = asFlowRunId(`fr_${n}`);
  const result = { hash: build.hash(n), bytes: megabytes * MB, label: '' };
  return [
    {
      store: 'flowRuns',
      op: 'add',
      record: build.flowRun({ id: flowRunId, active: 0, createdAt: n }),
    },
    { store: 'taskRuns', op: 'add', record: build.taskRun({ flowRunId, result }) },
    { store: 'values', op: 'add', record: { hash: build.hash(n), bytes: noise(megabytes * MB) } },
  ];
};

/** Until not even a small record is taken. */
async function fillToTheBrim(store: Store): Promise<void> {
  let key = 1000;
  for (let size = MB; size > 0; size = Math.floor(size / 8)) {
    const bytes = noise(size);
    const taken = () =>
      store
        .commit([{ store: 'values', op: 'add', record: { hash: build.hash(key++), bytes } }])
        .then(
          () => true,
          () => false,
        );
    while (await taken());
  }
}

test('where not even a mark is taken any more, a run can still be removed, and makes room', async () => {
  const store = await openFresh();
  await quota(10);
  await store.commit(run(1, 4));
  await fillToTheBrim(store);
  const mark: Write = { store: 'removals', op: 'put', record: { flowRunId: asFlowRunId('fr_1') } };
  await expect(store.commit([mark])).rejects.toBeInstanceOf(StorageFull);
  await store.removeRun(asFlowRunId('fr_1'));
  expect(await store.count('flowRuns')).toBe(0);
  expect(await store.get('values', build.hash(1))).toBeUndefined();
  await store.commit([mark]);
  await store.commit(run(2, 1));
});
