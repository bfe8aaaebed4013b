import { describe, expect, it } from 'vitest';
import { authorHost } from '#domain/author-host.ts';
import { flow, logger, sleep, task, context } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { sourceText } from '#tests/support/sample-sources.ts';
import { parseFault } from '#domain/faults.ts';

/** What a flow body throws when it tries this. */
async function thrownInBody(act: () => unknown): Promise<string | undefined> {
  const rig = await rigFor(
    sourceOf(() =>
      flow('f', async () => {
        await act();
      }),
    ),
  );
  return (await rig.run()).state.message?.replace('Flow run encountered an exception: ', '');
}

/** What a task throws when it tries this. */
async function thrownInTask(act: () => unknown): Promise<string | undefined> {
  const rig = await rigFor(
    sourceOf(() => {
      const attempt = task('attempt', async () => {
        await act();
      });
      return flow('f', () => attempt());
    }),
  );
  return taskRunIn(await rig.run(), 'attempt-0').state.message;
}

describe('a flow body', () => {
  it('is refused what a replay could not repeat', async () => {
    const host = () => authorHost('this');
    const belongs = 'belongs into a task: a flow body may be run again, a finished task is not.';
    const tries: readonly (readonly [string, () => unknown])[] = [
      ['loadDataset', () => host().readSnapshot({ dataset: 'reviews' })],
      ['model.save', () => host().saveModel({} as never)],
      ['gate().decide', () => host().decideGate([], { metrics: {} })],
      ['Storing a large value', () => host().putValue(new Uint8Array(1))],
      ['Reading a large value', () => host().getValue('x' as never)],
      ['loadCheckpoint', () => host().loadCheckpoint()],
    ];
    for (const [what, act] of tries)
      expect(await thrownInBody(act)).toBe(`Error: ${what} ${belongs}`);
  });

  it('sleeps for a number of seconds that makes sense', async () => {
    for (const seconds of [-1, Number.NaN, Infinity, 'long' as never])
      expect(await thrownInBody(() => sleep(seconds))).toContain(
        'sleep takes seconds of 0 or more',
      );
    expect(await thrownInBody(() => sleep(0))).toBeUndefined();
  });
});

describe('a task', () => {
  it('does not sleep on the clock of the flow', async () => {
    expect(await thrownInTask(() => sleep(1))).toContain('sleep works in a flow body');
  });

  it('hears from the engine what is wrong with what it asks', async () => {
    const ask = (act: (host: ReturnType<typeof authorHost>) => unknown) =>
      thrownInTask(() => act(authorHost('this')));
    expect(await ask((host) => host.progress(2))).toContain('request.fraction');
    expect(await ask((host) => host.readSnapshot({ dataset: 'a/b' }))).toContain('request.dataset');
    expect(await ask((host) => host.readSnapshot({ dataset: 'tweets' }))).toContain(
      "There is no dataset 'tweets'",
    );
    expect(await ask((host) => host.getValue(`sha256-${'0'.repeat(64)}` as never))).toContain(
      'Nothing is kept under',
    );
    expect(await ask((host) => host.decideGate([], { metrics: {} }))).toContain(
      'request.conditions',
    );
  });

  it('logs at the level it says', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const says = task('says', () => {
          logger.debug(1);
          logger.info('two');
          logger.warning(null);
          logger.error(new Error('four'));
        });
        return flow('f', () => says());
      }),
    );
    const view = await rig.run();
    const said = await rig.said(view.created.flowRunId);
    expect(said.filter((line) => line.includes('says-0')).slice(0, 4)).toEqual([
      "DEBUG   | Task run 'says-0' - 1",
      "INFO    | Task run 'says-0' - two",
      "WARNING | Task run 'says-0' - null",
      "ERROR   | Task run 'says-0' - Error: four",
    ]);
  });
});

describe('outside a run', () => {
  it('everything says that it works inside a run only', () => {
    expect(() => context.seed).toThrow('context works inside a flow run only');
    expect(() => logger.info('x')).toThrow('logger works inside a flow run only');
    expect(() => sleep(1)).toThrow('sleep works inside a flow run only');
    expect(() => authorHost('loadDataset')).toThrow('loadDataset works inside a flow run only');
  });
});

describe('an injected fault', () => {
  const train = sourceText(`
    const train = task({ name: 'train', retries: 1, timeoutSeconds: 9 }, () => 'trained');
    export default flow('f', () => train());`);
  const run = async (fault: string) => {
    const rig = await rigFor(train);
    return taskRunIn(await rig.run({ faults: [parseFault(fault)] }), 'train-0');
  };

  it('throws before the body is entered, and is labelled as injected', async () => {
    const taskRun = await run('train:1:throw');
    expect(statesOf(taskRun)).toBe('Pending > Running > Retrying > Completed');
    expect(taskRun.attempts[0]?.failure).toMatchObject({
      message: 'source unavailable',
      injected: true,
    });
  });

  it('hangs until the timeout', async () => {
    const taskRun = await run('train:1:hang');
    expect(statesOf(taskRun)).toBe('Pending > Running > Retrying > Completed');
    const [first] = taskRun.attempts;
    expect(first?.state.name).toBe('TimedOut');
    expect((first?.endedAt ?? 0) - (first?.startedAt ?? 0)).toBe(9000);
  });

  it('loses its worker', async () => {
    expect(statesOf(await run('train:1:crash'))).toBe('Pending > Running > Recovering > Completed');
  });

  it('strikes at the fraction reported, after a checkpoint was kept', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const train = task('train', async () => {
          const host = authorHost('train');
          const from = (await host.loadCheckpoint())?.[0] ?? 0;
          for (let step = from; step <= 10; step++)
            await host.progress(step / 10, () => Uint8Array.of(step));
          return `from ${from}`;
        });
        return flow('f', () => train());
      }),
    );
    const view = await rig.run({ faults: [parseFault('train:1:crash@0.4')] });
    const taskRun = taskRunIn(view, 'train-0');
    expect(taskRun.result?.label).toBe('"from 4"');
    expect(taskRun.checkpoints.map(({ progress }) => progress)).toEqual([0.4]);
    expect(taskRun.attempts[1]?.resumesAt).toBe(0.4);
  });
});
