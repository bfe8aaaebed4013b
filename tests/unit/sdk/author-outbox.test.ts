import { describe, expect, it } from 'vitest';
import { artifact, flow, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, taskRunIn } from '#tests/support/engine-rig.ts';

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

describe('artifacts on their way to the engine', () => {
  it('are there when a task goes on after waiting for one', async () => {
    const seen: number[] = [];
    const rig = await rigFor(
      sourceOf(() => {
        const makes = task('makes', async () => {
          await artifact.image(PNG, { mediaType: 'image/png', alt: '' });
          const [run] = await rig.store.newestFlowRuns(1);
          seen.push((await rig.store.artifactsOf(run!.id)).length);
        });
        return flow('f', () => makes());
      }),
    );
    await rig.run();
    expect(seen).toEqual([1]);
  });

  it('are kept before the end of an attempt, also of one that fails, though nobody waits', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const fails = task('fails', () => {
          void artifact.image(PNG, { mediaType: 'image/png', alt: '' });
          void artifact.markdown('before it failed');
          throw new Error('source unavailable');
        });
        return flow('f', async () => {
          void artifact.markdown('of the body');
          await fails().catch(() => undefined);
          void artifact.markdown('last');
        });
      }),
    );
    const view = await rig.run();
    expect(view.artifacts.map(({ type }) => type)).toEqual([
      'markdown',
      'image',
      'markdown',
      'markdown',
    ]);
    const ended = taskRunIn(view, 'fails-0').endedAt ?? 0;
    expect(view.artifacts[2]?.createdAt).toBeLessThanOrEqual(ended);
  });

  it('are made anew by each attempt', async () => {
    let attempts = 0;
    const rig = await rigFor(
      sourceOf(() => {
        const tries = task({ name: 'tries', retries: 1 }, async () => {
          await artifact.markdown(`attempt ${++attempts}`);
          if (attempts === 1) throw new Error('source unavailable');
        });
        return flow('f', () => tries());
      }),
    );
    const view = await rig.run();
    expect(view.artifacts.map(({ number, attempt }) => [number, attempt])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const kept = await rig.engine.artifacts(view.created.flowRunId);
    expect(kept.map(({ content }) => content)).toEqual([
      { type: 'markdown', markdown: 'attempt 1' },
      { type: 'markdown', markdown: 'attempt 2' },
    ]);
  });

  it('that are refused are told to who waits, and in the log to who does not', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const makes = task('makes', async () => {
          // Past the limit of a run.
          for (let i = 0; i < 1000; i++) void artifact.markdown('x');
          void artifact.markdown('not waited for');
          await artifact.markdown('waited for');
        });
        return flow('f', () => makes());
      }),
    );
    const view = await rig.run();
    const refusal = 'This run has 1000 artifacts, and more are not kept.';
    expect(taskRunIn(view, 'makes-0').state.message).toContain(refusal);
    const said = await rig.said(view.created.flowRunId);
    const warnings = said.filter((line) => line.startsWith('WARNING'));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(`An artifact was not kept: Error: ${refusal}`);
  });

  it('are refused in a function that the engine asks of a task', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const retryConditionFn = async () => {
          await artifact.markdown('in between');
          return true;
        };
        const fails = task({ name: 'fails', retries: 1, retryConditionFn }, () => {
          throw new Error('source unavailable');
        });
        return flow('f', () => fails());
      }),
    );
    const view = await rig.run();
    expect((await rig.said(view.created.flowRunId)).join('\n')).toContain(
      'artifact.markdown works in a task or a flow body, not in a function like retryConditionFn',
    );
    expect(view.artifacts).toEqual([]);
  });
});

describe('a progress', () => {
  it('tells only what can be seen of it', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const works = task('works', async () => {
          const bar = await artifact.progress(0, { key: 'bar', description: 'rows read' });
          for (let row = 0; row <= 5000; row++) await bar.update((100 * row) / 5000);
        });
        return flow('f', () => works());
      }),
    );
    const view = await rig.run();
    const told = rig.feed.events().filter(({ body }) => body.kind === 'artifact.saved');
    expect(told.length).toBeLessThanOrEqual(1001);
    expect(view.artifacts).toMatchObject([
      { number: 1, progress: 100, key: 'bar', description: 'rows read' },
    ]);
  });

  it('is a number', async () => {
    for (const value of [NaN, '50' as never, undefined as never]) {
      expect(() => artifact.progress(value)).toThrow('A progress is a number from 0 to 100');
    }
  });
});
