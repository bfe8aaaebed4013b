import { describe, expect, it, vi } from 'vitest';
import { engineWith, endOf, runOf, type AuthorRun } from './author-run.ts';

const artifactsOf = ({ rig, view }: AuthorRun) => rig.engine.artifacts(view.created.flowRunId);

/** A run whose task makes the artifact. */
const made = (call: string) =>
  runOf(`
    const makes = task('makes', async () => { ${call} });
    export default flow('main', () => makes());`);

describe('C41 artifacts', () => {
  it('a key is made of lowercase letters, digits and dashes', async () => {
    const good = await made(`await artifact.markdown('# Report', { key: 'report-2026-11' });`);
    expect(await artifactsOf(good)).toMatchObject([
      { number: 1, key: 'report-2026-11', content: { type: 'markdown', markdown: '# Report' } },
    ]);
    for (const key of ['Report', 'my_report', 'with space', 'é', '']) {
      const bad = await made(`await artifact.markdown('x', { key: ${JSON.stringify(key)} });`);
      expect(bad.task('makes-0').failure).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining(
          'The key of an artifact is made of lowercase letters, digits and dashes',
        ) as string,
      });
      expect(await artifactsOf(bad)).toEqual([]);
    }
  });

  it('NaN in a table becomes null, in each of the three forms of a table', async () => {
    const run = await made(`
      await artifact.table([{ word: 'fine', weight: NaN }, { word: 'bad', weight: Infinity }]);
      await artifact.table([['fine', NaN], ['bad', -Infinity]], { columns: ['word', 'weight'] });
      await artifact.table({ word: ['fine', 'bad'], weight: [NaN, NaN] });`);
    const table = {
      type: 'table',
      columns: ['word', 'weight'],
      rows: [
        ['fine', null],
        ['bad', null],
      ],
    };
    expect((await artifactsOf(run)).map(({ content }) => content)).toEqual([table, table, table]);
  });

  it('progress is set to the nearer end of 0..100, with a warning', async () => {
    const run = await made(`await artifact.progress(-5); await artifact.progress(250);`);
    expect((await artifactsOf(run)).map(({ content }) => content)).toEqual([
      { type: 'progress', progress: 0 },
      { type: 'progress', progress: 100 },
    ]);
    expect(run.taskMessages('makes-0', 'WARNING')).toEqual([
      'Progress -5 lies outside 0 to 100 and is set to 0.',
      'Progress 250 lies outside 0 to 100 and is set to 100.',
    ]);
  });

  it('progress can be updated in place, in a task and in a flow body', async () => {
    const run = await runOf(`
      const advance = async (key) => {
        const bar = await artifact.progress(0, { key });
        await bar.update(50);
        await bar.update(120);
      };
      const works = task('works', () => advance('in-task'));
      export default flow('main', async () => { await works(); await advance('in-body'); });`);
    expect(await artifactsOf(run)).toMatchObject([
      {
        number: 1,
        key: 'in-task',
        content: { progress: 100 },
        taskRunId: expect.anything() as string,
      },
      { number: 2, key: 'in-body', content: { progress: 100 } },
    ]);
    expect(run.view.artifacts.map(({ key, progress }) => [key, progress])).toEqual([
      ['in-task', 100],
      ['in-body', 100],
    ]);
    const warning = 'Progress 120 lies outside 0 to 100 and is set to 100.';
    expect(run.taskMessages('works-0', 'WARNING')).toEqual([warning]);
    expect(run.flowMessages).toContain(warning);
  });

  it('outside a run it warns and does not fail', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const rig = await engineWith(`
      const outside = artifact.markdown('too early');
      const bar = await0(artifact.progress(1));
      function await0(promise) { promise.then((one) => one.update(2)); return promise; }
      export default flow('main', async () => { await outside; await bar; });`);
    const run = await endOf(rig, await rig.start());
    expect(run.view.state.name).toBe('Completed');
    expect(await artifactsOf(run)).toEqual([]);
    const said = warned.mock.calls.map(([message]) => String(message));
    expect(said).toContain(
      'artifact.markdown was called outside a flow run, so nothing was made. Call it from a task or a flow.',
    );
    warned.mockRestore();
  });
});
