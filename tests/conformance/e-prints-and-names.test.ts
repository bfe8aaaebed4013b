import { describe, expect, it } from 'vitest';
import type { FlowRunId } from '#domain/ids.ts';
import { endOf, engineWith, runOf } from './author-run.ts';
import { deviation } from './deviation.ts';

describe('C39 print capture', () => {
  const printing = (options: string) => `
    const inherits = task('inherits', () => console.log('inherited'));
    const out = task({ name: 'out', logPrints: false }, () => console.log('opted out'));
    const into = task({ name: 'into', logPrints: true }, () => console.log('opted in'));
    export default flow({ name: 'main', ${options} }, async () => {
      console.log('from the body');
      await inherits();
      await out();
      await into();
    });`;
  const printed = async (options: string) =>
    (await runOf(printing(options))).lines
      .filter(({ logger, message }) => /run/.test(logger) && !message.startsWith('Finished'))
      .map(({ level, message }) => `${level} ${message}`);

  it('turns prints into INFO lines; tasks inherit it, and what they say themselves wins', async () => {
    expect(await printed('logPrints: true')).toEqual([
      'INFO from the body',
      'INFO inherited',
      'INFO opted in',
    ]);
  });

  it('subflows inherit it as tasks do, and what they say themselves wins', async () => {
    const run = await runOf(`
      const says = task('says', () => console.log('task of the subflow'));
      const inherits = flow('inherits', async () => { console.log('subflow'); await says(); });
      const out = flow({ name: 'out', logPrints: false }, async () => { console.log('opted out'); await says(); });
      export default flow({ name: 'main', logPrints: true }, async () => { await inherits(); await out(); });`);
    const [inherits, out] = run.view.subflows;
    const heard = async (id: FlowRunId) =>
      (await run.rig.said(id)).filter((line) => /sub|opted/.test(line));
    expect(await heard(inherits!.id)).toEqual([
      `INFO    | Flow run '${inherits!.name}' - subflow`,
      "INFO    | Task run 'says-0' - task of the subflow",
    ]);
    expect(await heard(out!.id)).toEqual([]);
  });

  it('a subflow can opt in alone', async () => {
    const run = await runOf(`
      const into = flow({ name: 'into', logPrints: true }, () => console.log('opted in'));
      export default flow('main', async () => { console.log('unheard'); await into(); });`);
    const [into] = run.view.subflows;
    expect((await run.rig.said(into!.id)).join()).toContain('opted in');
    expect(run.flowMessages.join()).not.toContain('unheard');
  });

  it('is off unless somebody asks for it; a task can opt in alone', async () => {
    expect(await printed('')).toEqual(['INFO opted in']);
  });
});

describe('C40 names', () => {
  deviation('C40', 'task runs are named in call order, so that a replay names them alike');
  const source = `
    const extract = task('extract', async () => { await work(1); });
    const train = task('train', () => undefined);
    export default flow('main', async () => {
      await extract();
      await train();
      await extract();
    });`;
  const names = ['extract-0', 'train-0', 'extract-1'];

  it('task runs are counted by task, in the order of the calls', async () => {
    expect((await runOf(source)).view.taskRuns.map(({ name }) => name)).toEqual(names);
  });

  it('a run that is taken up again names them alike', async () => {
    const rig = await engineWith(source);
    const id = await rig.start();
    await rig.clock.advance(1000);
    await rig.restart();
    expect((await endOf(rig, id)).view.taskRuns.map(({ name }) => name)).toEqual(names);
  });

  it('flow runs have a name of two words, told in the first line', async () => {
    const { view, lines } = await runOf(source);
    expect(view.created.name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(lines[0]?.message).toBe(`Created flow run '${view.created.name}' for flow 'main'`);
  });
});
