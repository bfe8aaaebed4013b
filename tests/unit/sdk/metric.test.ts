import { describe, expect, it } from 'vitest';
import { flow, metric, progress, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, taskRunIn } from '#tests/support/engine-rig.ts';

const runOf = async (act: () => unknown) => {
  const rig = await rigFor(
    sourceOf(() => {
      const tells = task('tells', async () => {
        await act();
      });
      return flow('f', () => tells());
    }),
  );
  const view = await rig.run();
  const history = await rig.engine.runHistory(view.created.flowRunId);
  return { message: taskRunIn(view, 'tells-0').state.message, lines: history?.lines ?? [] };
};

describe('metric', () => {
  it('keeps a point of a series with the lines of the run', async () => {
    const { lines } = await runOf(async () => {
      metric('training', 1, { loss: 0.5 });
      await progress(0.5);
      metric('training', 2, { loss: 0.25 });
    });
    const points = lines.flatMap((line) =>
      line.kind === 'metric' ? [[line.step, line.values]] : [],
    );
    expect(points).toEqual([
      [1, { loss: 0.5 }],
      [2, { loss: 0.25 }],
    ]);
  });

  it.each([
    [() => metric('', 1, { loss: 1 }), "like 'training'"],
    [() => metric('training', -1, { loss: 1 }), 'a whole number from 0, not -1'],
    [() => metric('training', 1, {}), 'takes 1 to 50 numbers by name'],
    [() => metric('training', 1, { loss: NaN }), 'loss is NaN, no finite number'],
    [() => progress(2), 'a fraction of 0 to 1, not 2'],
  ])('says what is wrong with it (%#)', async (act, message) => {
    expect((await runOf(act)).message).toContain(message);
  });

  it('belongs into a run', () => {
    expect(() => metric('training', 1, { loss: 1 })).toThrow('inside a flow run only');
  });
});
