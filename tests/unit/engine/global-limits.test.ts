import { describe, expect, it } from 'vitest';
import type { LimitOptions } from '#sdk/limit.ts';
import { flow, limit, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { rigFor, statesOf, type EngineRig } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';

/** A flow of tasks `a` and `b` at the same time; each does as told. */
async function twoTasks(
  bodies: { a: () => unknown; b?: () => unknown },
  {
    limits = { 'global:db': 1 },
    clock = new VirtualClock(SOME_TIME),
    options = {},
  }: { limits?: Readonly<Record<string, number>>; clock?: VirtualClock; options?: object } = {},
) {
  const rig = await rigFor(
    sourceOf(() => {
      const a = task({ name: 'a', ...options }, async () => bodies.a());
      const b = task('b', async () => bodies.b?.());
      return flow('f', async () => {
        const first = a.submit();
        await b.submit().wait();
        await first.wait();
      });
    }),
    { clock },
  );
  for (const [name, value] of Object.entries(limits)) await rig.engine.setLimit(name, value);
  return rig;
}

const clock = () => new VirtualClock(SOME_TIME);
const work = (time: VirtualClock, seconds: number) =>
  new Promise<void>((resolve) => time.at(time.now() + seconds * 1000, () => resolve()));
const held = async (rig: EngineRig) =>
  (await rig.engine.limits()).map((one) => [one.held, one.waiting]);

describe('a limit inside tasks', () => {
  it('lets one in after the other, and says who is waited for', async () => {
    const time = clock();
    const spans: string[] = [];
    const inside = (name: string) => () =>
      limit('db', async () => {
        spans.push(`${name} from ${(time.now() - SOME_TIME) / 1000}`);
        await work(time, 10);
        return spans.push(`${name} to ${(time.now() - SOME_TIME) / 1000}`);
      });
    const rig = await twoTasks({ a: inside('a'), b: inside('b') }, { clock: time });
    const view = await rig.run();
    expect(spans).toEqual(['a from 0', 'a to 10', 'b from 10', 'b to 20']);
    expect(view.taskRuns.map(statesOf)).toEqual(
      Array<string>(2).fill('Pending > Running > Completed'),
    );
    expect(await rig.said(view.created.flowRunId)).toContain(
      `INFO    | Task run 'b-0' - Waits for limit db, 1 of 1 slots held by a-0 of run ${view.created.name}`,
    );
    expect(await held(rig)).toEqual([[0, 0]]);
  });

  it('gives the result of what ran, and its slots back when that throws', async () => {
    const rig = await twoTasks({
      a: async () => {
        await limit('db', () => Promise.reject(new Error('broken'))).catch(() => undefined);
        return limit('db', { slots: 1 }, () => 'fine');
      },
    });
    const id = await rig.start();
    const view = await rig.finish(id);
    expect(view.taskRuns[0]?.result?.label).toBe('"fine"');
  });

  it('is held from acquire to release, and no longer than the attempt', async () => {
    const time = clock();
    const seen: unknown[] = [];
    const rig = await twoTasks(
      {
        a: async () => {
          const slots = await limit.acquire('db');
          await slots.release();
          await slots.release();
          await limit.acquire('db');
          await work(time, 5);
        },
        b: async () => {
          await work(time, 1);
          await limit('db', () => seen.push((time.now() - SOME_TIME) / 1000));
        },
      },
      { clock: time },
    );
    await rig.run();
    expect(seen).toEqual([5]);
    expect(await held(rig)).toEqual([[0, 0]]);
  });

  it('takes several slots at once', async () => {
    const time = clock();
    const at: number[] = [];
    const rig = await twoTasks(
      {
        a: () => limit('db', { slots: 2 }, () => work(time, 10)),
        b: () => limit('db', { slots: 2 }, () => at.push(time.now() - SOME_TIME)),
      },
      { clock: time, limits: { 'global:db': 3 } },
    );
    await rig.run();
    expect(at).toEqual([10_000]);
  });
});

describe('the slots of an attempt', () => {
  const ask = { method: 'acquireLimit', name: 'db', slots: 1, strict: false } as const;
  async function holding(options: object = {}) {
    const { rig, script } = await openTask(options);
    await rig.engine.setLimit('global:db', 1);
    const ids = [await rig.start(), await rig.start()];
    const attempts = [...script.attempts];
    expect(await attempts[0]!.ask(ask)).toMatchObject({ ok: true });
    let granted = false;
    void attempts[1]!.ask(ask).then(() => (granted = true));
    await rig.clock.settle();
    expect([granted, await held(rig)]).toEqual([false, [[1, 1]]]);
    const isGranted = async () => {
      await rig.clock.settle();
      return granted;
    };
    return { rig, ids, script, attempts, isGranted };
  }

  it('are free when it returns, fails or dies', async () => {
    for (const end of ['returns', 'throws', 'dies'] as const) {
      const { attempts, isGranted } = await holding();
      attempts[0]![end]('x');
      expect(await isGranted(), end).toBe(true);
    }
  });

  it('are free when it times out or is cancelled', async () => {
    const timed = await holding({ timeoutSeconds: 5 });
    timed.attempts[1]!.returns(1);
    await timed.rig.clock.advance(5000);
    expect(await held(timed.rig)).toEqual([[0, 0]]);
    const cancelled = await holding();
    await cancelled.rig.engine.cancelRun(cancelled.ids[0]!, 'not needed');
    expect(await cancelled.isGranted()).toBe(true);
  });

  it('are waited for no more when the one that waits ends', async () => {
    const { rig, attempts, ids } = await holding();
    attempts[1]!.dies();
    await rig.clock.settle();
    expect((await rig.taskRun(ids[1]!, 'extract-0')).state.name).toBe('Recovering');
    expect(await held(rig)).toEqual([[1, 0]]);
  });

  it('are gone with the engine', async () => {
    const { rig } = await holding();
    await rig.restart();
    expect(await held(rig)).toEqual([[0, 0]]);
  });

  it('are at most a hundred, and given back only by who has them', async () => {
    const { script, rig } = await openTask();
    await rig.start();
    const [attempt] = script.attempts;
    for (let i = 0; i < 100; i++) await attempt!.ask(ask);
    expect(await attempt!.ask(ask)).toMatchObject({
      ok: false,
      failure: { name: 'LimitError', message: 'An attempt may ask for 100 slots at a time.' },
    });
    expect(await attempt!.ask({ method: 'releaseLimit', lease: 4711 })).toMatchObject({
      ok: false,
      failure: { message: 'Slots of lease 4711 are not held.' },
    });
  });
});

describe('a limit that gives no slot', () => {
  async function failureOf(
    options: LimitOptions,
    limits: Record<string, number>,
    body: () => unknown = () => limit('db', options, () => 1),
  ) {
    const rig = await twoTasks({ a: body }, { limits });
    const view = await rig.run();
    const [a] = view.taskRuns;
    return {
      failure: a?.failure,
      state: a?.state.name,
      said: await rig.said(view.created.flowRunId),
    };
  }

  it('that is not there holds nobody back, with a warning', async () => {
    const { state, said } = await failureOf({}, {});
    expect(state).toBe('Completed');
    expect(said).toContain(
      `WARNING | Task run 'a-0' - There is no limit 'db', so nothing is held back`,
    );
  });

  it('that is not there is an error when asked strictly', async () => {
    expect((await failureOf({ strict: true }, {})).failure).toMatchObject({
      name: 'LimitError',
      message: "There is no limit 'db'. Set one, or leave strict out.",
    });
  });

  it('that is too small, or 0, is an error at once', async () => {
    expect((await failureOf({ slots: 3 }, { 'global:db': 2 })).failure).toMatchObject({
      message:
        "The limit 'db' has 2 slots and 3 are asked for: it would wait for ever. Raise the limit or ask for less.",
    });
    expect((await failureOf({}, { 'global:db': 0 })).failure).toMatchObject({ name: 'LimitError' });
  });

  it('to one that holds it already is an error, not a wait for itself', async () => {
    const inner = () => limit('db', () => limit('db', () => 1));
    expect((await failureOf({}, { 'global:db': 1 }, inner)).failure).toMatchObject({
      message: expect.stringContaining('has 1 of 1 slots of limit db already'),
    });
    expect((await failureOf({}, { 'global:db': 2 }, inner)).state).toBe('Completed');
  });

  it('in time is a TimeoutError, which uses retries like any other', async () => {
    const time = clock();
    const rig = await twoTasks(
      {
        a: async () => {
          await work(time, 1);
          await limit('db', { timeoutSeconds: 5 }, () => 1);
        },
        b: () => limit('db', () => work(time, 8)),
      },
      { clock: time, options: { retries: 1 } },
    );
    const view = await rig.run();
    const a = view.taskRuns.find(({ name }) => name === 'a-0')!;
    expect(statesOf(a)).toBe('Pending > Running > Retrying > Completed');
    expect(a.attempts[0]).toMatchObject({
      endedAt: SOME_TIME + 6000,
      failure: {
        name: 'TimeoutError',
        message: `No slot was free within 5 s: limit db, 1 of 1 slots held by b-0 of run ${view.created.name}`,
      },
    });
    expect(await held(rig)).toEqual([[0, 0]]);
  });

  it('belongs into a task', async () => {
    const rig = await rigFor(sourceOf(() => flow('f', () => limit('db', () => 1))));
    expect((await rig.run()).state.message).toContain('limit belongs into a task');
    await expect(limit('db', () => 1)).rejects.toThrow('limit works inside a flow run only');
    await expect(limit('db', 'nothing' as never)).rejects.toThrow("limit('db') needs a function");
  });

  it.each([
    [{ slots: 0 }, 'request.slots'],
    [{ slots: 1.5 }, 'request.slots'],
    [{ timeoutSeconds: -1 }, 'request.timeoutSeconds'],
    [{ timeoutSeconds: NaN }, 'request.timeoutSeconds'],
  ])('is asked for sensibly: %o', async (options, path) => {
    expect((await failureOf(options, { 'global:db': 1 })).failure).toMatchObject({
      message: expect.stringContaining(path),
    });
  });
});
