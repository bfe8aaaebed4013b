import { describe, expect, it } from 'vitest';
import type { RunRequest } from '#domain/engine-api.ts';
import { asFlowRunId, runStream } from '#domain/ids.ts';
import { parseFault } from '#domain/faults.ts';
import { rigFor, scriptedRig } from '#tests/support/engine-rig.ts';
import { everything } from '#tests/support/interrupted-run.ts';
import { retrainSentiment, sourceText } from '#tests/support/sample-sources.ts';

describe('a run that is refused', () => {
  async function refusal(request: Partial<RunRequest>) {
    const rig = await rigFor(retrainSentiment);
    const started = await rig.ask(request);
    expect(await rig.store.newestFlowRuns(1)).toEqual([]);
    expect(rig.workers.alive.size).toBe(0);
    expect(rig.feed.lines).toEqual([]);
    return started.ok ? [] : started.problems;
  }

  it('names the parameter and what to do', async () => {
    expect(await refusal({ parameters: { threshold: 1.5 } })).toEqual([
      { field: 'threshold', message: 'threshold: 1.5 is above 1. Change it and press Run again.' },
    ]);
  });

  it('names the task and the option of an override', async () => {
    expect(await refusal({ overrides: { extract: { retries: -1 } } })).toEqual([
      {
        field: 'extract.retries',
        message: "task 'extract': retries must be a whole number of 0 or more, not -1.",
      },
    ]);
  });

  it('names the tasks there are when a fault or an override is for another', async () => {
    const request = { faults: [parseFault('load:1')], overrides: { fit: {} } };
    expect((await refusal(request)).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      "fit: There is no task 'fit' in this flow: it has extract, train, evaluate, promote. Remove its settings and faults, or rename the task.",
      "load: There is no task 'load' in this flow: it has extract, train, evaluate, promote. Remove its settings and faults, or rename the task.",
    ]);
  });

  it('says that the seed must be a whole number', async () => {
    expect(await refusal({ seed: -1 })).toMatchObject([{ field: 'seed' }]);
    expect(await refusal({ seed: 0.5 })).toMatchObject([{ field: 'seed' }]);
  });

  it('has all its problems told at once', async () => {
    const request = {
      seed: -1,
      parameters: { threshold: 2 },
      overrides: { train: { retries: -1 } },
    };
    expect((await refusal(request)).map(({ field }) => field)).toEqual([
      'threshold',
      'seed',
      'train.retries',
    ]);
  });

  it('has the place in the source when that does not parse', async () => {
    const files = [{ name: 'flow.ts', text: 'export default flow(;' }];
    expect(await refusal({ files })).toMatchObject([{ position: { file: 'flow.ts', line: 1 } }]);
  });

  it('has the place in the source when that throws while it is loaded', async () => {
    const files = sourceText(`\nthrow new Error('no luck');\nexport default flow('f', () => 1);`);
    expect(await refusal({ files })).toEqual([
      {
        message: 'The source did not load: Error: no luck. Mend it and press Run again.',
        position: { file: 'flow.ts', line: 3, column: 7 },
      },
    ]);
  });

  it('C08 names the task and the option that the source got wrong', async () => {
    const files = sourceText(`
      task({ name: 'extract', retryDelaySeconds: 'soon' }, () => 1);
      export default flow('f', () => 1);`);
    const [problem] = await refusal({ files });
    expect(problem?.message).toBe(
      `The source did not load: TypeError: task 'extract': retryDelaySeconds must be seconds of 0 or more, or a list of them, not "soon". Mend it and press Run again.`,
    );
  });

  it('needs a flow as the default export', async () => {
    const files = [{ name: 'flow.ts', text: 'export default 7;' }];
    expect((await refusal({ files }))[0]?.message).toContain('The source has no flow');
  });
});

describe('a source that is checked', () => {
  it('is described without being run', async () => {
    const rig = await rigFor(retrainSentiment);
    const check = await rig.engine.check(retrainSentiment);
    expect(check).toMatchObject({
      ok: true,
      flow: {
        name: 'retrain-sentiment',
        parameters: { threshold: { kind: 'number', default: 0.9, min: 0, max: 1 } },
        tasks: [
          { name: 'extract', options: { retries: 2, retryDelaySeconds: 5 }, lines: { first: 4 } },
          { name: 'train' },
          { name: 'evaluate' },
          { name: 'promote' },
        ],
      },
    });
    expect(rig.workers.alive.size).toBe(0);
    expect(await rig.store.newestFlowRuns(1)).toEqual([]);
  });
});

describe('the history of a run', () => {
  it('holds record, events, lines and source', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const history = await rig.engine.runHistory(view.created.flowRunId);
    expect(history?.record).toMatchObject({ state: { name: 'Completed' }, active: 0 });
    expect(history?.events).toHaveLength(view.lastSeq);
    expect(history?.files).toEqual(retrainSentiment);
    expect(history?.lines.filter(({ kind }) => kind === 'metric')).toMatchObject([
      { series: 'training', step: 1, values: { loss: 0.3 }, attempt: 1 },
    ]);
  });

  it('of an unknown run is none', async () => {
    const rig = await rigFor(retrainSentiment);
    expect(await rig.engine.runHistory(asFlowRunId('fr_unknown'))).toBeUndefined();
  });

  it('lists runs newest first, and pages on', async () => {
    const { rig } = await scriptedRig({ tasks: {}, body: async () => 1 });
    const ids = [];
    for (let i = 0; i < 3; i++) {
      ids.unshift((await rig.run()).created.flowRunId);
      await rig.clock.advance(1000);
    }
    const page = await rig.engine.runs(2);
    expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await rig.engine.runs(2, page.at(-1)?.createdAt);
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
  });
});

describe('two engines with the same chance and the same script', () => {
  it('write byte-identical events and lines', async () => {
    const written = async () => {
      const { rig } = await scriptedRig(everything(), { entropySeed: 3, poolSize: 4 });
      const view = await rig.run();
      const id = view.created.flowRunId;
      const lines = await rig.store.linesOf(id);
      return JSON.stringify([await rig.store.events(runStream(id)), lines]);
    };
    const first = await written();
    expect(await written()).toBe(first);
    expect(first.length).toBeGreaterThan(5000);
  });
});

describe('the arrival day', () => {
  it('is kept from the first visit, and a run takes that of its day', async () => {
    const { rig } = await scriptedRig({ tasks: {}, body: async () => 1 });
    expect(rig.engine.arrivalDay()).toBe(30);
    await rig.clock.advance(3 * 86_400_000);
    await rig.restart();
    expect(rig.engine.arrivalDay()).toBe(33);
    const byDay = async (request: Partial<RunRequest>) =>
      (await rig.run(request)).created.arrivalDay;
    expect(await byDay({})).toBe(33);
    expect(await byDay({ arrivalDay: 12 })).toBe(12);
  });
});
