import { describe, expect, it } from 'vitest';
import { rigFor, taskRunIn } from '#tests/support/engine-rig.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

describe('the author code of a run', () => {
  it('C39 prints into the log with logPrints, and tasks inherit it unless they say otherwise', async () => {
    const rig = await rigFor(
      sourceText(`
        const inherits = task('inherits', () => { console.log('from', { a: 1 }); console.warn('careful'); });
        const optsOut = task({ name: 'opts-out', logPrints: false }, () => console.log('unheard'));
        export default flow({ name: 'f', logPrints: true }, async () => {
          console.log('body', new Error('x'));
          await inherits();
          await optsOut();
        });`),
    );
    const view = await rig.run();
    const said = await rig.said(view.created.flowRunId);
    expect(said.filter((line) => !/Finished|Created|Beginning/.test(line))).toEqual([
      `INFO    | Flow run '${view.created.name}' - body Error: x`,
      `INFO    | Task run 'inherits-0' - from {"a":1}`,
      `WARNING | Task run 'inherits-0' - careful`,
    ]);
  });

  it('C39 can opt in to prints in a task alone', async () => {
    const rig = await rigFor(
      sourceText(`
        const optsIn = task({ name: 'opts-in', logPrints: true }, () => console.log('heard'));
        export default flow('f', async () => { console.log('unheard'); await optsIn(); });`),
    );
    const view = await rig.run();
    const said = (await rig.said(view.created.flowRunId)).join('\n');
    expect(said).toContain("Task run 'opts-in-0' - heard");
    expect(said).not.toContain('unheard');
  });

  it('has the same chance for the same seed, another for each task run and attempt', async () => {
    const files = sourceText(`
      const draw = task('draw', () => Math.random());
      export default flow('f', async () => [Math.random(), await draw(), await draw()].join());`);
    const drawn = async (seed: number) => {
      const rig = await rigFor(files);
      const view = await rig.run({ seed });
      return view.taskRuns.map(({ result }) => result?.label);
    };
    expect(await drawn(7)).toEqual(await drawn(7));
    expect(new Set([...(await drawn(7)), ...(await drawn(8))]).size).toBe(4);
  });

  it('reads the instant of the last message in a flow body', async () => {
    const rig = await rigFor(
      sourceText(`
        export default flow('f', async () => {
          const start = Date.now();
          await sleep(90);
          logger.info(String(Date.now() - start) + ' ' + (new Date().getTime() - start));
        });`),
    );
    const view = await rig.run();
    expect((await rig.said(view.created.flowRunId)).join()).toContain('90000 90000');
  });

  it('knows who and where it is', async () => {
    const rig = await rigFor(
      sourceText(`
        const who = task({ name: 'who', retries: 1 }, () => {
          const { name, attempt, taskRunId } = context.task;
          if (attempt === 1) throw new Error('again');
          return [name, attempt, taskRunId === context.flowRunId + '/1/who-0', context.seed].join();
        });
        export default flow({ name: 'f', parameters: { share: number({ default: 0.5 }) } }, async ({ share }) => {
          logger.info(await who() + ' ' + share + ' ' + context.parameters.share + ' ' + context.task);
        });`),
    );
    const view = await rig.run({ parameters: { share: 0.25 } });
    expect((await rig.said(view.created.flowRunId)).join()).toContain(
      'who,2,true,7 0.25 0.25 undefined',
    );
  });

  it('may be spread over several files', async () => {
    const [main] = sourceText(`
      import { double } from './double.ts';
      const twice = task('twice', double);
      export default flow('f', () => twice(21));`);
    const rig = await rigFor([
      main!,
      { name: 'double.ts', text: 'export const double = (n: number): number => 2 * n;' },
    ]);
    expect(taskRunIn(await rig.run(), 'twice-0').result?.label).toBe('42');
  });
});
