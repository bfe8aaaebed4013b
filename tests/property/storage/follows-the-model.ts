import { expect } from 'vitest';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';
import { all, callOf, committed, EMPTY, type Model } from './map-model.ts';
import { DEPLOYMENTS, RUNS, TASKS, type Burst } from './write-arbitraries.ts';

/** Plays the bursts on the store and on the model; fails where an outcome or anything readable differs. */
export async function followsTheModel(
  store: Store,
  bursts: readonly Burst[],
  reopen?: () => Promise<Store>,
): Promise<void> {
  let model = EMPTY;
  for (const burst of bursts) {
    model = await playBurst(store, model, burst);
    if (reopen !== undefined) {
      store.close();
      store = await reopen();
    }
    await showsTheModel(store, model);
  }
}

async function playBurst(store: Store, before: Model, burst: Burst): Promise<Model> {
  const calls = burst.map(({ writes, durability }) => store.commit(writes, durability));
  const outcomes = await Promise.allSettled(calls);
  return burst.reduce((model, { writes }, i) => {
    const next = committed(model, writes);
    expect(outcomes[i]).toMatchObject(
      next ? { status: 'fulfilled' } : { status: 'rejected', reason: { name: 'Conflict' } },
    );
    return next ?? model;
  }, before);
}

async function showsTheModel(store: Store, model: Model): Promise<void> {
  await showsFlowRuns(store, all(model, 'flowRuns'));
  await showsTaskRuns(store, model);
  await showsEvents(store, model);
  await showsModels(store, model);
  await showsTicks(store, model);
  const days = all(model, 'datasetDays').sort(by('day'));
  expect(await store.datasetDays('reviews', 2)).toStrictEqual(days.filter(({ day }) => day > 0));
  expect(await store.get('settings', 'firstVisitAt')).toStrictEqual(all(model, 'settings')[0]);
}

async function showsFlowRuns(store: Store, runs: FlowRunRecord[]): Promise<void> {
  const oldestFirst = runs.sort(by('createdAt', 'id'));
  expect(await store.activeFlowRuns()).toStrictEqual(
    oldestFirst.filter(({ active }) => active === 1),
  );
  expect(await pageThrough(store, 1)).toStrictEqual(oldestFirst.toReversed());
  expect(await store.newestFlowRuns(100)).toStrictEqual(oldestFirst.toReversed());
}

async function pageThrough(store: Store, limit: number): Promise<readonly FlowRunRecord[]> {
  const shown: FlowRunRecord[] = [];
  for (let page = await store.newestFlowRuns(limit); page.length > 0;) {
    shown.push(...page);
    page = await store.newestFlowRuns(limit, page.at(-1)?.createdAt);
  }
  return shown;
}

async function showsTaskRuns(store: Store, model: Model): Promise<void> {
  const taskRuns = all(model, 'taskRuns').sort(by('createdAt', 'flowAttempt', 'call', 'id'));
  for (const run of RUNS)
    expect(await store.taskRunsOf(run)).toStrictEqual(
      taskRuns.filter((one) => one.flowRunId === run),
    );
  const checkpoints = all(model, 'checkpoints').sort(by('number')).reverse();
  for (const task of TASKS)
    expect(await store.checkpointsOf(task)).toStrictEqual(
      checkpoints.filter((one) => one.taskRunId === task).slice(0, 2),
    );
}

async function showsEvents(store: Store, model: Model): Promise<void> {
  const events = all(model, 'events').sort(by('seq'));
  for (const stream of ['run:a', 'model:a'] as const) {
    const expected = events.filter(({ streamId }) => streamId === stream);
    expect(await store.events(stream)).toStrictEqual(expected);
    expect(await store.events(stream, 2)).toStrictEqual(expected.filter(({ seq }) => seq > 2));
  }
}

async function showsModels(store: Store, model: Model): Promise<void> {
  const versions = all(model, 'modelVersions').sort(by('version'));
  for (const name of ['m', 'n'])
    expect(await store.modelVersions(name)).toStrictEqual(
      versions.filter((one) => one.model === name),
    );
  for (const task of TASKS)
    for (const ordinal of [0, 1])
      expect(await store.modelVersionByCall(task, ordinal)).toStrictEqual(
        versions.find((one) => callOf(one) === JSON.stringify([task, ordinal])),
      );
}

async function showsTicks(store: Store, model: Model): Promise<void> {
  const newest = all(model, 'ticks').sort(by('dueAt', 'schedule')).reverse();
  for (const deployment of DEPLOYMENTS)
    expect(await store.ticksOf(deployment, 3)).toStrictEqual(
      newest.filter((one) => one.deploymentId === deployment).slice(0, 3),
    );
}

const by =
  <K extends string>(...fields: readonly K[]) =>
  <R extends { readonly [F in K]: string | number }>(a: R, b: R): number => {
    const field = fields.find((one) => a[one] !== b[one]);
    return field === undefined ? 0 : a[field] < b[field] ? -1 : 1;
  };
