import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRequest } from '#domain/engine-api.ts';
import type { Fault } from '#domain/faults.ts';
import { runStream } from '#domain/ids.ts';
import type { MetricLine } from '#domain/lines.ts';
import type { RunView } from '#domain/run-view.ts';
import { rigFor, scriptedRig, type EngineRig, type RigOptions } from '#tests/support/engine-rig.ts';
import { historyOf } from '#tests/support/histories.ts';
import { everything } from '#tests/support/interrupted-run.ts';
import { fork } from '#tests/support/made-runs.ts';
import { sourceText } from '#tests/support/sample-sources.ts';
import type { ScriptedAttempt } from '#tests/support/scripted-workers.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';
import { SOME_TIME } from '#tests/support/builders.ts';

const faults = (tasks: readonly string[]): fc.Arbitrary<readonly Fault[]> =>
  fc.array(
    fc.record({
      task: fc.constantFrom(...tasks),
      attempts: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
      effect: fc.oneof(
        fc.constant({ kind: 'throw' } as const),
        fc.record({
          kind: fc.constantFrom('hang' as const, 'crash' as const),
          at: fc.constantFrom(0, 0.5),
        }),
      ),
    }),
    { maxLength: 4 },
  );

const asked = (tasks: readonly string[]): fc.Arbitrary<Partial<RunRequest>> =>
  fc.record({ faults: faults(tasks), seed: fc.nat({ max: 5 }), parameters: fc.constant({}) });

/** Every attempt of the scripted flow has a limit, so that what hangs ends. */
const limited = (request: Partial<RunRequest>): Partial<RunRequest> => ({
  ...request,
  overrides: Object.fromEntries(TASKS.map((task) => [task, { timeoutSeconds: 20, retries: 2 }])),
});
const TASKS = ['extract', 'left', 'right', 'broken', 'promote'] as const;

/** A scripted attempt that does what its fault says; the engine ends the worker of one that crashes. */
const faulty = () => {
  const flow = everything();
  const attempt = (one: ScriptedAttempt): void => {
    const effect = one.call.fault?.effect;
    if (effect?.kind === 'throw') return one.throws('source unavailable');
    if (effect?.kind === 'crash') return void one.ask({ method: 'progress', fraction: 0.5 });
    if (effect?.kind !== 'hang') flow.attempt?.(one);
  };
  return { ...flow, attempt };
};

/** Everything that is stored of a run, as it is stored. */
const logOf = async (rig: EngineRig, view: RunView): Promise<string> =>
  JSON.stringify(await historyOf(rig, view));

describe('a run under the scripted executor', () => {
  it('leaves the same bytes for the same seed, faults and parameters', async () => {
    const once = async (request: Partial<RunRequest>, entropySeed: number) => {
      const { rig } = await scriptedRig(faulty(), { entropySeed });
      return logOf(rig, await rig.run(limited(request)));
    };
    await fc.assert(
      fc.asyncProperty(asked(TASKS), fc.nat({ max: 99 }), async (request, entropySeed) => {
        expect(await once(request, entropySeed)).toBe(await once(request, entropySeed));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('leaves the same bytes as a fork at the same instant, too', async () => {
    const once = async (request: Partial<RunRequest>, into: number) => {
      const { rig } = await scriptedRig(faulty());
      const parent = await rig.run(limited(request));
      const at = parent.createdAt + (parent.lastAt - parent.createdAt) * into;
      const forked = await fork(rig, parent, at);
      return [await logOf(rig, parent), await logOf(rig, forked)];
    };
    const into = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(asked(TASKS), into, async (request, instant) => {
        expect(await once(request, instant)).toEqual(await once(request, instant));
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

const REAL = ['load', 'fit', 'score'] as const;

/** Chance, time, futures, a map and metrics, in code as authors write it. */
const realCode = sourceText(`
  import { SentimentModel } from 'nightshift/ml';
  const load = task({ name: 'load', retries: 2, retryDelaySeconds: 5, timeoutSeconds: 30 }, () =>
    Array.from({ length: 4 }, () => Math.floor(Math.random() * 100)));
  const fit = task({ name: 'fit', retries: 1, timeoutSeconds: 30 }, async (rows) => {
    const model = await SentimentModel.fit(rows);
    if (Math.random() < 0.2) throw new Error('unlucky with ' + rows);
    return model;
  });
  const score = task({ name: 'score', timeoutSeconds: 30 }, async (model, rows) => (await model.accuracy(rows)) + Math.random());
  export default flow({ name: 'main', retries: 1, retryDelaySeconds: 10 }, async () => {
    const rows = await load();
    const models = fit.map(rows);
    await sleep(1);
    const scores = await Promise.all(models.map((model, i) => score(model, rows[i])));
    logger.info('best ' + Math.max(...scores) + ' at ' + Date.now());
    return scores;
  });`);

/** What must be the same on any machine: each task run's states, reasons, result and metrics. */
function courseOf(view: RunView, metrics: readonly MetricLine[]) {
  const courses = view.taskRuns.map((taskRun) => ({
    name: `${taskRun.flowAttempt}/${taskRun.name}`,
    states: taskRun.states.map(({ name, reason }) => ({ name, reason })),
    result: taskRun.result,
    metrics: metrics
      .filter(({ taskRunId }) => taskRunId === taskRun.id)
      .map(({ attempt, series, step, values }) => ({ attempt, series, step, values })),
  }));
  const states = view.states.map(({ name }) => name);
  return { states, courses: courses.sort((one, other) => (one.name < other.name ? -1 : 1)) };
}

describe('a run of real author code', () => {
  const once = async (request: Partial<RunRequest>, options: RigOptions) => {
    const rig = await rigFor(realCode, options);
    return { rig, view: await rig.run(request) };
  };

  it('takes every task run through the same states, for the same reasons, with the same metrics', async () => {
    const course = async (request: Partial<RunRequest>, options: RigOptions) => {
      const { rig, view } = await once(request, options);
      const { lines } = await historyOf(rig, view);
      return courseOf(
        view,
        lines.filter((line): line is MetricLine => line.kind === 'metric'),
      );
    };
    // Another name, another id and another day: nothing of that may matter.
    const elsewhere = { entropySeed: 2, clock: new VirtualClock(SOME_TIME + 86_400_000) };
    await fc.assert(
      fc.asyncProperty(asked(REAL), async (request) => {
        expect(await course(request, elsewhere)).toEqual(await course(request, {}));
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('gives the same result wherever it completes, however many workers there are', async () => {
    const results = async (request: Partial<RunRequest>, poolSize: number) => {
      const { view } = await once(request, { poolSize });
      return new Map(
        view.taskRuns.flatMap(({ flowAttempt, name, result }) =>
          result ? [[`${flowAttempt}/${name}`, result.hash] as const] : [],
        ),
      );
    };
    await fc.assert(
      fc.asyncProperty(asked(REAL), async (request) => {
        const [few, many] = [await results(request, 1), await results(request, 4)];
        for (const [name, hash] of few) expect(many.get(name) ?? hash, name).toBe(hash);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('is another run for another seed', async () => {
    const results = async (seed: number) => {
      const rig = await rigFor(realCode);
      return (await rig.run({ seed })).taskRuns.map(({ result }) => result?.hash);
    };
    expect(await results(1)).toEqual(await results(1));
    expect(await results(1)).not.toEqual(await results(2));
  });
});

it('the streams compared are those of the runs', async () => {
  const { rig } = await scriptedRig(faulty());
  const view = await rig.run(limited({ seed: 3 }));
  const { events } = await historyOf(rig, view);
  expect(events).toEqual(await rig.store.events(runStream(view.created.flowRunId)));
  expect(events.length).toBeGreaterThan(20);
});
