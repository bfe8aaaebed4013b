import fc from 'fast-check';
import { asDeploymentId, asFlowRunId, asTaskRunId } from '#domain/ids.ts';
import type { Durability, StoreName, StoreSchema, Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';

/** Few keys, so that commits meet: conflicts, replacements and ties are the rule. */
const few = fc.integer({ min: 0, max: 2 });
const flag = fc.constantFrom<0 | 1>(0, 1);
export const RUNS = ['fr_a', 'fr_b'].map(asFlowRunId);
export const TASKS = ['fr_a/1/train-0', 'fr_a/1/train-1'].map(asTaskRunId);
export const DEPLOYMENTS = ['dep_a', 'dep_b'].map(asDeploymentId);

const flowRun = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd').map(asFlowRunId),
    createdAt: few,
    active: flag,
    seed: few,
  })
  .map((fields) => build.flowRun(fields));

const taskRun = fc
  .record({
    id: fc.constantFrom('x', 'y', 'z').map(asTaskRunId),
    flowRunId: fc.constantFrom(...RUNS),
    createdAt: few,
    flowAttempt: few,
    call: few,
  })
  .map((fields) => build.taskRun(fields));

const event = fc
  .record({
    streamId: fc.constantFrom('run:a', 'model:a'),
    seq: fc.integer({ min: 1, max: 4 }),
    at: few,
  })
  .map((fields) => build.event(fields));

const checkpoint = fc
  .record({ taskRunId: fc.constantFrom(...TASKS), number: fc.nat({ max: 3 }), attempt: few })
  .map((fields) => build.checkpoint(fields));

const lineage = fc
  .record({ taskRunId: fc.constantFrom(...TASKS), ordinal: flag })
  .map((fields) => build.lineage(fields));

const modelVersion = fc
  .record({ model: fc.constantFrom('m', 'n'), version: few, lineage, createdAt: few })
  .map((fields) => build.modelVersion(fields));

const tick = fc
  .record({
    deploymentId: fc.constantFrom(...DEPLOYMENTS),
    schedule: fc.constantFrom('a', 'b'),
    dueAt: few,
    decidedAt: few,
  })
  .map((fields) => build.tick(fields));

const day = fc.record({ day: few }).map((fields) => build.datasetDay(fields));
const setting = fc.record({ value: few }).map((fields) => build.setting(fields));

function writesOf<S extends StoreName>(
  store: S,
  record: fc.Arbitrary<StoreSchema[S]['record']>,
  keyOf: (record: StoreSchema[S]['record']) => StoreSchema[S]['key'],
): fc.Arbitrary<Write> {
  const op = fc.constantFrom('add', 'put', 'delete');
  return fc
    .tuple(op, record)
    .map(([chosen, one]) =>
      chosen === 'delete'
        ? { store, op: chosen, key: keyOf(one) }
        : { store, op: chosen, record: one },
    ) as fc.Arbitrary<Write>;
}

const write = fc.oneof(
  writesOf('flowRuns', flowRun, ({ id }) => id),
  writesOf('taskRuns', taskRun, ({ id }) => id),
  writesOf('events', event, ({ streamId, seq }) => [streamId, seq]),
  writesOf('checkpoints', checkpoint, ({ taskRunId, number }) => [taskRunId, number]),
  writesOf('modelVersions', modelVersion, ({ model, version }) => [model, version]),
  writesOf('ticks', tick, ({ deploymentId, schedule, dueAt }) => [deploymentId, schedule, dueAt]),
  writesOf('datasetDays', day, (one) => [one.dataset, one.day]),
  writesOf('settings', setting, ({ key }) => key),
);

interface CommitCall {
  readonly writes: readonly Write[];
  readonly durability: Durability;
}

/** Commits called without waiting for one another. */
export type Burst = readonly CommitCall[];

const commitCall: fc.Arbitrary<CommitCall> = fc.record({
  writes: fc.array(write, { maxLength: 5 }),
  durability: fc.constantFrom('relaxed', 'strict'),
});

export const bursts: fc.Arbitrary<readonly Burst[]> = fc.array(
  fc.array(commitCall, { minLength: 1, maxLength: 6 }),
  { minLength: 1, maxLength: 6 },
);
