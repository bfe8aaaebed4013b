import { describe, expect, it } from 'vitest';
import { asFlowRunId, runStream, type FlowRunId } from '#domain/ids.ts';
import { StorageFull, type Store, type Write } from '#domain/store.ts';
import { Retention } from '#engine/retention.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import * as build from '#tests/support/builders.ts';
import { scriptedRig, type EngineRig, type RigOptions } from '#tests/support/engine-rig.ts';
import { everything } from '#tests/support/interrupted-run.ts';
import { openTask } from '#tests/support/one-task-flow.ts';
import { someDisk } from '#tests/support/small-ports.ts';
import { contentOf } from '#tests/support/store-content.ts';

const DAY = 86_400_000;

async function rigWithRuns(count: number, options: RigOptions = {}): Promise<EngineRig> {
  const { rig } = await scriptedRig(everything(), options);
  for (let i = 0; i < count; i++) await rig.run();
  return rig;
}

const listed = async (rig: EngineRig): Promise<readonly FlowRunId[]> =>
  (await rig.engine.runs(100)).map(({ id }) => id).toReversed();

/** Time passes until nothing of deleted runs is left. */
const untilSwept = (rig: EngineRig): Promise<void> =>
  rig.clock.until(async () => (await rig.store.count('removals')) === 0, 'the end of the removal');

/** Waits in virtual time for what the engine was asked. */
async function during<T>(rig: EngineRig, asked: Promise<T>): Promise<T> {
  let answer: { readonly value: T } | undefined;
  void asked.then((value) => (answer = { value }));
  await rig.clock.until(() => answer !== undefined, 'an answer');
  return asked;
}

/** All that a run wrote is there, without a gap: what is listed is whole. */
async function expectWhole(rig: EngineRig, id: FlowRunId): Promise<void> {
  const history = await rig.engine.runHistory(id);
  const seqs = history?.events.map(({ seq }) => seq) ?? [];
  expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  expect(history?.events.at(-1)?.body).toMatchObject({ state: { name: 'Completed' } });
  expect(history?.files).not.toEqual([]);
  for (const taskRun of await rig.store.taskRunsOf(id))
    if (taskRun.result)
      expect(await rig.store.get('values', taskRun.result.hash), taskRun.id).toBeDefined();
}

/** What a store holds after the same runs, of which the first `deleted` never were. */
async function expectNothingOf(rig: EngineRig, kept: readonly FlowRunId[]): Promise<void> {
  const content = await contentOf(rig.store);
  const runs = new Set<string>(kept);
  expect(content.flowRuns.map(({ id }) => id).sort()).toEqual([...runs].sort());
  for (const { flowRunId } of [...content.taskRuns, ...content.lines, ...content.journal])
    expect(runs.has(flowRunId)).toBe(true);
  for (const { flowRunId } of content.verdicts) expect(runs.has(flowRunId)).toBe(true);
  for (const { streamId } of content.events.filter((one) => one.streamId.startsWith('run:')))
    expect(kept.map((id) => `run:${id}`)).toContain(streamId);
  const used = new Set(content.uses.map(({ hash }) => hash));
  for (const { hash } of content.values) expect(used.has(hash), hash).toBe(true);
  const users = content.uses.map(({ user }) => user).filter((user) => user.startsWith('fr_'));
  expect([...new Set(users)].sort()).toEqual([...runs].sort());
}

describe('deleting runs', () => {
  it('takes the oldest with everything that belongs to them; the others and the models stay', async () => {
    const rig = await rigWithRuns(4);
    const before = await listed(rig);
    const versions = await rig.store.modelVersions('sentiment');
    expect(await during(rig, rig.engine.retain({ oldest: 3 }))).toEqual({ ok: true, runs: 3 });
    expect(await listed(rig)).toEqual(before.slice(3));
    await untilSwept(rig);
    await expectNothingOf(rig, before.slice(3));
    for (const id of before.slice(3)) await expectWhole(rig, id);
    expect(await rig.store.modelVersions('sentiment')).toEqual(versions);
    expect((await rig.engine.champion('sentiment'))?.container.byteLength).toBe(3);
    expect(rig.feed.of('runs removed').at(-1)).toEqual({ kind: 'runs removed', removing: 0 });
    expect(rig.feed.stopped).toEqual([]);
  });

  it('never takes a run that is on, and does not disturb it', async () => {
    const { rig, script } = await openTask();
    const ended = [];
    for (let i = 1; i <= 2; i++) {
      const id = await rig.start();
      script.attempts.at(-1)?.returns('the same');
      ended.push((await rig.finish(id)).created.flowRunId);
    }
    const active = await rig.start();
    expect(await during(rig, rig.engine.retain({ oldest: 10 }))).toEqual({ ok: true, runs: 2 });
    await untilSwept(rig);
    expect(await listed(rig)).toEqual([active]);
    script.attempts.at(-1)?.returns('the same');
    await rig.finish(active);
    await expectWhole(rig, active);
  });

  it('goes by number or by age', async () => {
    const rig = await rigWithRuns(3);
    await rig.clock.advance(2 * DAY);
    for (let i = 0; i < 2; i++) await rig.run();
    const before = await listed(rig);
    expect(await during(rig, rig.engine.retain({ keepDays: 3 }))).toEqual({ ok: true, runs: 0 });
    expect(await during(rig, rig.engine.retain({ keepRuns: 4 }))).toEqual({ ok: true, runs: 1 });
    expect(await during(rig, rig.engine.retain({ keepDays: 1 }))).toEqual({ ok: true, runs: 2 });
    expect(await listed(rig)).toEqual(before.slice(3));
    await untilSwept(rig);
    await expectNothingOf(rig, before.slice(3));
  });

  it('says what is wrong with a number, and deletes nothing', async () => {
    const rig = await rigWithRuns(1);
    const reasons = [];
    for (const request of [{ oldest: 1.5 }, { keepRuns: -1 }, { keepDays: NaN }]) {
      const retained = await rig.engine.retain(request);
      reasons.push(retained.ok ? '' : retained.reason);
    }
    expect(reasons).toEqual([
      'The runs to delete must be a whole number of 0 or more, not 1.5.',
      'The runs to keep must be a whole number of 0 or more, not -1.',
      'The days to keep must be a number of 0 or more, not NaN.',
    ]);
    expect(await listed(rig)).toHaveLength(1);
  });

  it('passes over runs that are still needed, however many of the oldest they are', async () => {
    const rig = await rigWithRuns(0);
    const ids = Array.from({ length: 150 }, (_, i) =>
      asFlowRunId(`fr_${String(i).padStart(3, '0')}`),
    );
    await rig.store.commit(
      ids.map((id, createdAt): Write => ({
        store: 'flowRuns',
        op: 'add',
        record: build.flowRun({ id, createdAt, active: 0 }),
      })),
    );
    const needed = new Set(ids.slice(0, 120));
    const ports = { store: rig.store, clock: rig.clock, feed: rig.feed, disk: someDisk };
    const retention = new Retention(ports, {
      isNeeded: ({ id }) => needed.has(id),
      stopped: (error) => expect(error).toBeUndefined(),
    });
    expect(await during(rig, retention.retain({ oldest: 3 }))).toEqual({ ok: true, runs: 3 });
    expect(await listed(rig)).toEqual([...ids.slice(0, 120), ...ids.slice(123)].slice(-100));
    expect(await during(rig, retention.retain({ keepRuns: 0 }))).toEqual({ ok: true, runs: 27 });
    expect(await rig.store.count('flowRuns')).toBe(120);
  });

  it('is kept as a policy: after each run, and by the next engine', async () => {
    const rig = await rigWithRuns(3);
    expect(await during(rig, rig.engine.setRetention({ keepRuns: 2 }))).toEqual({
      ok: true,
      runs: 1,
    });
    const newest = [await rig.run(), await rig.run()].map((view) => view.created.flowRunId);
    await rig.clock.until(async () => (await listed(rig)).length === 2, 'the older runs to go');
    expect(await listed(rig)).toEqual(newest);
    await rig.restart();
    expect((await rig.engine.storageUse()).policy).toEqual({ keepRuns: 2 });
    const last = (await rig.run()).created.flowRunId;
    await rig.clock.until(async () => (await listed(rig)).length === 2, 'the older run to go');
    expect(await listed(rig)).toEqual([newest[1], last]);
    await during(rig, rig.engine.setRetention({}));
    await rig.run();
    await rig.clock.advance(1000);
    expect(await listed(rig)).toHaveLength(3);
    expect((await rig.engine.storageUse()).policy).toEqual({});
  });

  it('tells what is stored and how much room there is', async () => {
    const rig = await rigWithRuns(2);
    expect(await rig.engine.storageUse()).toEqual({
      runs: 2,
      removing: 0,
      usedBytes: 12_300_000,
      quotaBytes: 1_000_000_000,
      policy: {},
    });
  });
});

describe('an engine that dies while runs are deleted', () => {
  /** Slices of one record, so that there is a place to die between any two; `dieAt` counts them. */
  function dyingStore(store: Store, dieAt: () => boolean, die: () => void): Store {
    const sweep: Store['sweep'] = async () => {
      const swept = await store.sweep(1);
      if (dieAt()) die();
      return swept;
    };
    return { ...store, sweep };
  }

  it('leaves no run that looks whole and is not, and the next one removes the rest', async () => {
    for (let slices = 1; ; slices += 7) {
      let [left, sweeps, ends] = [slices, 0, false];
      const rigs: EngineRig[] = [];
      const store = dyingStore(
        createMemoryStore(),
        () => (sweeps++, --left === 0),
        () => ((ends = true), rigs[0]?.life.end()),
      );
      const rig = await rigWithRuns(3, { store });
      rigs.push(rig);
      const kept = (await listed(rig)).slice(2);
      void rig.engine.retain({ oldest: 2 });
      await rig.clock.until(async () => ends || (await listed(rig)).length === 1, 'the marks');
      await rig.clock.until(
        async () => ends || (await rig.store.count('removals')) === 0,
        'the death or the end',
      );
      if (ends) await rig.restart();
      expect(await listed(rig)).toEqual(kept);
      for (const id of kept) await expectWhole(rig, id);
      await untilSwept(rig);
      await expectNothingOf(rig, kept);
      if (!ends) break;
      expect(sweeps).toBeGreaterThan(0);
    }
  });

  it('before the marks are durable leaves all runs as they were', async () => {
    const rig = await rigWithRuns(2);
    const before = await listed(rig);
    rig.life.maxCommits = rig.life.commits;
    void rig.engine.retain({ oldest: 2 });
    await rig.clock.until(() => !rig.life.alive, 'the death');
    await rig.restart();
    expect(await listed(rig)).toEqual(before);
    for (const id of before) await expectWhole(rig, id);
  });
});

describe('where there is no room left', () => {
  it('a run goes whole, without a mark, and with the room it leaves the others go as ever', async () => {
    const rig = await rigWithRuns(4);
    const before = await listed(rig);
    let refused = 0;
    rig.life.beforeCommit = (writes) => {
      if (refused === 0 && writes.some(({ store }) => store === 'removals')) {
        refused++;
        throw new StorageFull('The browser gave no more room.');
      }
    };
    expect(await during(rig, rig.engine.retain({ oldest: 3 }))).toEqual({ ok: true, runs: 3 });
    expect(refused).toBe(1);
    await untilSwept(rig);
    expect(await listed(rig)).toEqual(before.slice(3));
    await expectNothingOf(rig, before.slice(3));
  });

  it('the engine that stopped says that deleting runs makes room', async () => {
    const rig = await rigWithRuns(1);
    rig.life.beforeCommit = () => {
      throw new StorageFull('The browser gave no more room.');
    };
    const refusal = await rig.ask();
    expect(refusal.ok ? '' : refusal.problems[0]?.message).toContain('Delete old runs on the Runs');
    rig.life.beforeCommit = (writes) => {
      if (writes.some(({ store }) => store === 'taskRuns'))
        throw new StorageFull('The browser gave no more room.');
    };
    await rig.start();
    await rig.clock.until(() => rig.feed.stopped.length > 0, 'the stop');
    expect(rig.feed.of('stopped')).toEqual([
      { kind: 'stopped', full: true, reason: expect.stringContaining('Delete old runs') },
    ]);
  });
});

describe('the history of a run', () => {
  it('comes with its last lines only when that is asked, and says how many came before', async () => {
    const { rig } = await scriptedRig({
      tasks: {},
      async body(flow) {
        for (let i = 0; i < 530; i++) flow.log(`line ${i}`);
      },
    });
    const { flowRunId } = (await rig.run()).created;
    const all = await rig.engine.runHistory(flowRunId);
    expect(all?.lines.length).toBeGreaterThan(530);
    expect(all?.earlierLines).toBeUndefined();
    for (const limit of [1, 30, 100, 101, 250, 1000]) {
      const some = await rig.engine.runHistory(flowRunId, limit);
      expect(some?.lines).toEqual(all?.lines.slice(-limit));
      expect(some?.earlierLines).toBe(Math.max(0, (all?.lines.length ?? 0) - limit));
      expect(some?.events).toEqual(all?.events);
    }
    expect(await rig.store.events(runStream(flowRunId))).toEqual(all?.events);
  });
});
