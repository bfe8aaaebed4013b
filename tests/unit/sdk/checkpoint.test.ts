import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorHost } from '#domain/author-host.ts';
import { parseFault } from '#domain/faults.ts';
import { checkpoint, flow, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, taskRunIn } from '#tests/support/engine-rig.ts';

/** The worker's own clock: what a second is for a checkpoint. */
let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function runOf(body: () => unknown, options = {}, request = {}) {
  const rig = await rigFor(
    sourceOf(() => {
      const counts = task({ name: 'counts', ...options }, body);
      return flow('f', () => counts());
    }),
  );
  const view = await rig.run(request);
  const taskRun = taskRunIn(view, 'counts-0');
  return {
    rig,
    id: view.created.flowRunId,
    taskRun,
    kept: await rig.store.checkpointsOf(taskRun.id),
  };
}

describe('a checkpoint of a task', () => {
  it('is there for the next attempt, as it was saved', async () => {
    const seen: unknown[] = [];
    const value = { step: 3, seen: new Set(['a']), weights: Float32Array.of(1.5) };
    const { taskRun } = await runOf(
      async () => {
        seen.push(await checkpoint.load());
        if (seen.length > 1) return;
        await checkpoint.save(value, { progress: 0.5 });
        throw new Error('source unavailable');
      },
      { retries: 1 },
    );
    expect(seen).toEqual([undefined, value]);
    expect(taskRun.attempts[1]?.resumesAt).toBe(0.5);
    expect(taskRun.checkpoints).toMatchObject([{ progress: 0.5 }]);
  });

  it('holds bytes as bytes', async () => {
    const seen: unknown[] = [];
    await runOf(
      async () => {
        seen.push(await checkpoint.load<Uint8Array>());
        await checkpoint.save(Uint8Array.of(1, 2, 3));
        if (seen.length === 1) throw new Error('source unavailable');
      },
      { retries: 1 },
    );
    expect(seen).toEqual([undefined, Uint8Array.of(1, 2, 3)]);
  });

  it('is kept at most once a second, the first at once, and the newest two stay', async () => {
    const kept: boolean[] = [];
    const run = await runOf(async () => {
      for (let step = 0; step < 9; step++) {
        kept.push(await checkpoint.save({ step }, { progress: step / 10 }));
        now += 400;
      }
      return checkpoint.load();
    });
    expect(kept).toEqual([true, false, false, true, false, false, true, false, false]);
    expect(run.kept.map(({ progress }) => progress)).toEqual([0.6, 0.3]);
    expect(run.taskRun.result?.label).toBe('{ step }');
  });

  it('that is not kept is not encoded either', async () => {
    const { taskRun } = await runOf(async () => {
      await checkpoint.save(1);
      await checkpoint.save(() => 'cannot be stored');
    });
    expect(taskRun.state.name).toBe('Completed');
  });

  it('is forced by a fault that strikes there, and the next attempt goes on from it', async () => {
    const from: number[] = [];
    const { taskRun } = await runOf(
      async () => {
        const step = (await checkpoint.load<number>()) ?? 0;
        from.push(step);
        for (let i = step; i <= 10; i++) await checkpoint.save(i, { progress: i / 10 });
      },
      {},
      { faults: [parseFault('counts:1:crash@0.4')] },
    );
    expect(from).toEqual([0, 4]);
    expect(taskRun.state.name).toBe('Completed');
    expect(taskRun.attempts[1]?.resumesAt).toBe(0.4);
  });

  it('says what cannot be stored, and what is no progress', async () => {
    const message = async (body: () => unknown) => (await runOf(body)).taskRun.state.message;
    expect(await message(() => checkpoint.save({ run: () => 1 }))).toContain(
      'The checkpoint.run cannot be stored or sent: a function cannot leave its worker',
    );
    for (const progress of [-0.1, 1.1, NaN, '1' as never])
      expect(await message(() => checkpoint.save(1, { progress }))).toContain(
        'checkpoint.save takes a progress of 0 to 1',
      );
  });

  it('of a training is not taken for one', async () => {
    const { rig, id, taskRun } = await runOf(async () => {
      now += 2000;
      await authorHost('train').progress(0.5, () => Uint8Array.of(1, 2, 3));
      return (await checkpoint.load()) === undefined;
    });
    expect(taskRun.result?.label).toBe('true');
    expect((await rig.said(id)).join('\n')).toContain('is one of a training');
  });
});

describe('outside a task', () => {
  it('there is none: a flow body is told so', async () => {
    for (const act of [() => checkpoint.save(1), () => checkpoint.load()]) {
      const rig = await rigFor(
        sourceOf(() =>
          flow('f', async () => {
            await act();
          }),
        ),
      );
      expect((await rig.run()).state.message).toMatch(
        /checkpoint\.(save|load) belongs into a task: a flow body needs none/,
      );
    }
  });

  it('there is none: nothing runs', async () => {
    await expect(checkpoint.load()).rejects.toThrow('checkpoint.load works inside a flow run only');
    await expect(checkpoint.save(1)).rejects.toThrow(
      'checkpoint.save works inside a flow run only',
    );
  });
});
