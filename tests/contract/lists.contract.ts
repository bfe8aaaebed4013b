import { describe, expect, test } from 'vitest';
import { asDeploymentId, asFlowRunId } from '#domain/ids.ts';
import type { Store, Write } from '#domain/store.ts';
import * as build from '#tests/support/builders.ts';
import type { OpenStore } from './store.contract.ts';

const { FLOW_RUN, TASK_RUN, DEPLOYMENT } = build;
const OTHER_RUN = asFlowRunId('fr_otter2');
const OTHER_TASK = build.taskRun({ index: 1 }).id;

export function listContract(open: OpenStore): void {
  const filled = async (...writes: readonly Write[]): Promise<Store> => {
    const store = await open();
    await store.commit(writes);
    return store;
  };

  describe('lists', () => {
    test('events come in order of seq, from `after` on, of their stream alone', async () => {
      const event = (seq: number, streamId = build.event().streamId): Write => ({
        store: 'events',
        op: 'add',
        record: build.event({ seq, streamId }),
      });
      const store = await filled(event(10), event(2), event(1), event(1, 'run:fr_otter2'));
      const seqs = async (after?: number): Promise<readonly number[]> =>
        (await store.events(build.event().streamId, after)).map(({ seq }) => seq);
      expect(await seqs()).toEqual([1, 2, 10]);
      expect(await seqs(1)).toEqual([2, 10]);
      expect(await seqs(10)).toEqual([]);
    });

    test('cache entries come newest first, of their flow and task alone, as many as asked for', async () => {
      const entry = (key: string, storedAt: number, fields = {}): Write => ({
        store: 'cache',
        op: 'put',
        record: build.cacheEntry({ key, storedAt, ...fields }),
      });
      const other = { taskName: 'train' };
      const store = await filled(entry('a', 1), entry('b', 3), entry('c', 2), entry('d', 9, other));
      const keys = async (limit: number) =>
        (await store.cacheOf('retrain-sentiment', 'extract', limit)).map(({ key }) => key);
      expect(await keys(5)).toEqual(['b', 'c', 'a']);
      expect(await keys(1)).toEqual(['b']);
    });

    test('artifacts come in order of creation, of their run alone; limits all', async () => {
      const artifact = (number: number, flowRunId = FLOW_RUN): Write => ({
        store: 'artifacts',
        op: 'put',
        record: build.artifact({ number, flowRunId }),
      });
      const limit: Write = { store: 'limits', op: 'put', record: build.limit() };
      const store = await filled(artifact(10), artifact(2), artifact(1, OTHER_RUN), limit);
      expect((await store.artifactsOf(FLOW_RUN)).map(({ number }) => number)).toEqual([2, 10]);
      expect(await store.limits()).toEqual([build.limit()]);
    });

    test('runs are found by what called them, and by the hooks they owe', async () => {
      const run = (id: string, createdAt: number, fields: object): Write => ({
        store: 'flowRuns',
        op: 'add',
        record: build.flowRun({ id: asFlowRunId(id), createdAt, ...fields }),
      });
      const parent = { flowRunId: FLOW_RUN, flowAttempt: 1, call: 0 };
      const store = await filled(
        run('a', 2, { parent }),
        run('b', 1, { parent }),
        run('c', 3, { hooksDue: 1 }),
        run('d', 4, {}),
      );
      expect((await store.childRunsOf(FLOW_RUN)).map(({ id }) => id)).toEqual(['b', 'a']);
      expect((await store.flowRunsWithHooksDue()).map(({ id }) => id)).toEqual(['c']);
    });

    test('active flow runs come oldest first, and ended ones not at all', async () => {
      const run = (id: string, createdAt: number, active: 0 | 1): Write => ({
        store: 'flowRuns',
        op: 'add',
        record: build.flowRun({ id: asFlowRunId(id), createdAt, active }),
      });
      const store = await filled(run('a', 3, 1), run('b', 1, 1), run('c', 2, 0), run('d', 1, 1));
      const ids = (await store.activeFlowRuns()).map(({ id }) => id);
      expect(ids).toEqual(['b', 'd', 'a']);
    });

    test('task runs of one millisecond come in the order of their calls', async () => {
      const run = (taskName: string, call: number, fields = {}): Write => ({
        store: 'taskRuns',
        op: 'add',
        record: build.taskRun({ taskName, call, ...fields }),
      });
      const store = await filled(
        run('train', 1),
        run('extract', 0),
        run('evaluate', 10),
        run('again', 0, { flowAttempt: 2 }),
        run('late', 0, { createdAt: build.SOME_TIME + 1 }),
        run('foreign', 0, { flowRunId: OTHER_RUN }),
      );
      const tasks = (await store.taskRunsOf(FLOW_RUN)).map(({ taskName }) => taskName);
      expect(tasks).toEqual(['extract', 'train', 'evaluate', 'again', 'late']);
    });

    test('the journal of a flow attempt comes in order of the calls', async () => {
      const entry = (call: number, flowAttempt = 1): Write => ({
        store: 'journal',
        op: 'add',
        record: build.journalEntry({ call, flowAttempt }),
      });
      const store = await filled(entry(10), entry(9), entry(0), entry(0, 2));
      const calls = (await store.journalOf(FLOW_RUN, 1)).map(({ call }) => call);
      expect(calls).toEqual([0, 9, 10]);
    });

    test('chunks of lines come in order, from the asked chunk on', async () => {
      const chunk = (n: number, flowRunId = FLOW_RUN): Write => ({
        store: 'lines',
        op: 'add',
        record: build.lineChunk({ chunk: n, flowRunId }),
      });
      const store = await filled(chunk(2), chunk(0), chunk(1), chunk(0, OTHER_RUN));
      expect((await store.linesOf(FLOW_RUN)).map((one) => one.chunk)).toEqual([0, 1, 2]);
      expect((await store.linesOf(FLOW_RUN, 1)).map((one) => one.chunk)).toEqual([1, 2]);
    });

    test('of the lines of a run as many of the last chunks come as hold the asked number', async () => {
      const chunk = (n: number, count: number, flowRunId = FLOW_RUN): Write => {
        const [line] = build.lineChunk().lines;
        const lines = Array.from({ length: count }, () => line).flatMap((one) => one ?? []);
        return {
          store: 'lines',
          op: 'add',
          record: build.lineChunk({ chunk: n, lines, flowRunId }),
        };
      };
      const full = Array.from({ length: 5 }, (_, n) => chunk(n, 100));
      const store = await filled(...full, chunk(5, 3), chunk(9, 100, OTHER_RUN));
      const chunks = async (limit: number): Promise<readonly number[]> =>
        (await store.lastLinesOf(FLOW_RUN, limit)).map((one) => one.chunk);
      expect(await chunks(0)).toEqual([]);
      expect(await chunks(3)).toEqual([5]);
      expect(await chunks(4)).toEqual([4, 5]);
      expect(await chunks(103)).toEqual([4, 5]);
      expect(await chunks(104)).toEqual([3, 4, 5]);
      expect(await chunks(10_000)).toEqual([0, 1, 2, 3, 4, 5]);
      const short = await filled(...Array.from({ length: 30 }, (_, n) => chunk(n, 1)));
      expect((await short.lastLinesOf(FLOW_RUN, 20)).map((one) => one.chunk)).toEqual(
        Array.from({ length: 20 }, (_, i) => 10 + i),
      );
      expect(await short.lastLinesOf(OTHER_RUN, 20)).toEqual([]);
    });

    test('runs that have ended come oldest first, and those from before an instant', async () => {
      const run = (id: string, createdAt: number, active: 0 | 1): Write => ({
        store: 'flowRuns',
        op: 'add',
        record: build.flowRun({ id: asFlowRunId(id), createdAt, active }),
      });
      const store = await filled(run('a', 3, 0), run('b', 1, 1), run('c', 2, 0), run('d', 2, 0));
      const ids = async (limit: number, before?: number): Promise<string> =>
        (await store.oldestEndedRuns(limit, before)).map(({ id }) => id).join('');
      expect(await ids(10)).toBe('cda');
      expect(await ids(2)).toBe('cd');
      expect(await ids(10, 3)).toBe('cd');
      expect(await ids(10, 2)).toBe('');
      expect(await ids(0)).toBe('');
      expect(await store.count('flowRuns')).toBe(4);
      expect(await store.count('removals')).toBe(0);
    });

    test('of the checkpoints of a task run the newest two come, newest first', async () => {
      const saved = (number: number, taskRunId = TASK_RUN): Write => ({
        store: 'checkpoints',
        op: 'add',
        record: build.checkpoint({ number, taskRunId }),
      });
      const store = await filled(saved(1), saved(10), saved(9), saved(11, OTHER_TASK));
      const kept = (await store.checkpointsOf(TASK_RUN)).map((one) => one.number);
      expect(kept).toEqual([10, 9]);
    });

    test('days of a dataset come ascending, from day 1 to the asked day', async () => {
      const day = (n: number, dataset = 'reviews'): Write => ({
        store: 'datasetDays',
        op: 'add',
        record: build.datasetDay({ day: n, dataset }),
      });
      const store = await filled(day(10), day(2), day(1), day(1, 'reviews2'));
      const days = async (until: number): Promise<readonly number[]> =>
        (await store.datasetDays('reviews', until)).map((one) => one.day);
      expect(await days(2)).toEqual([1, 2]);
      expect(await days(Infinity)).toEqual([1, 2, 10]);
      expect(await days(0)).toEqual([]);
    });

    test('datasets come by name, and chunks of rows by their hash, whoever refers to them', async () => {
      const chunk = (n: number): Write => ({
        store: 'rowChunks',
        op: 'put',
        record: build.rowChunk({ hash: build.hash(n) }),
      });
      const named = (name: string): Write => ({
        store: 'datasets',
        op: 'add',
        record: build.dataset({ name }),
      });
      const store = await filled(named('b'), named('a'), chunk(2), chunk(1), chunk(2));
      expect((await store.datasets()).map(({ name }) => name)).toEqual(['a', 'b']);
      expect([...(await store.rowChunkHashes())].sort()).toEqual([build.hash(1), build.hash(2)]);
      expect(await store.get('rowChunks', build.hash(1))).toStrictEqual(
        build.rowChunk({ hash: build.hash(1) }),
      );
    });

    test('versions of a model come oldest first, and one is found by the call that saved it', async () => {
      const version = (n: number, ordinal: number, model = 'sentiment'): Write => ({
        store: 'modelVersions',
        op: 'add',
        record: build.modelVersion({ model, version: n, lineage: build.lineage({ ordinal }) }),
      });
      const store = await filled(version(10, 2), version(0, 0), version(9, 1), version(1, 3, 'b'));
      const versions = (await store.modelVersions('sentiment')).map((one) => one.version);
      expect(versions).toEqual([0, 9, 10]);
      expect((await store.modelVersionByCall(TASK_RUN, 1))?.version).toBe(9);
      expect(await store.modelVersionByCall(TASK_RUN, 4)).toBeUndefined();
      expect(await store.modelVersionByCall(OTHER_TASK, 1)).toBeUndefined();
    });

    test('models are named once each, and the users of a value are all named', async () => {
      const version = (model: string, n: number): Write => ({
        store: 'modelVersions',
        op: 'add',
        record: build.modelVersion({
          model,
          version: n,
          contentHash: build.hash(9),
          lineage: build.importedLineage(),
        }),
      });
      const store = await filled(version('b', 1), version('a', 1), version('b', 2));
      expect(await store.modelNames()).toEqual(['a', 'b']);
      const users = ['model:a/1', 'model:b/1', 'model:b/2'];
      expect([...(await store.usersOf(build.hash(9)))].sort()).toEqual(users);
      expect(await store.usersOf(build.hash(8))).toEqual([]);
    });

    test('deployments come all', async () => {
      const [a, b] = [asDeploymentId('dep_a'), asDeploymentId('dep_b')];
      const store = await filled(
        { store: 'deployments', op: 'add', record: build.deployment({ id: b }) },
        { store: 'deployments', op: 'add', record: build.deployment({ id: a }) },
      );
      expect((await store.deployments()).map(({ id }) => id)).toEqual([a, b]);
    });

    test('ticks of a deployment come newest first over all its schedules', async () => {
      const tick = (dueAt: number, schedule: string, deploymentId = DEPLOYMENT): Write => ({
        store: 'ticks',
        op: 'add',
        record: build.tick({ dueAt, schedule, deploymentId }),
      });
      const other = asDeploymentId('dep_other');
      const store = await filled(tick(1, 'a'), tick(3, 'a'), tick(2, 'b'), tick(9, 'a', other));
      const due = async (limit: number): Promise<readonly number[]> =>
        (await store.ticksOf(DEPLOYMENT, limit)).map(({ dueAt }) => dueAt);
      expect(await due(10)).toEqual([3, 2, 1]);
      expect(await due(2)).toEqual([3, 2]);
      expect(await due(0)).toEqual([]);
    });
  });
}
