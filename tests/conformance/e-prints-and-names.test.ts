import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
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
      .filter(({ logger, message }) => /run/.test(logger) && !/^(Finished|Beginning)/.test(message))
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

  it('a template is filled with the arguments, defaults included, by name', async () => {
    const run = await runOf(`
      const greet = task({ name: 'greet', taskRunName: '{name}-wuz-{where}' }, (name, where = 'here') => 1);
      export default flow('main', async () => { await greet('chris'); await greet('joe', 'there'); });`);
    expect(run.view.taskRuns.map(({ name }) => name)).toEqual(['chris-wuz-here', 'joe-wuz-there']);
    expect(run.taskMessages('chris-wuz-here')).toContain('Finished in state Completed()');
  });

  it('a function gives the name once, whatever retries follow; it must give a text', async () => {
    const run = await runOf(`
      const named = task({
        name: 'named', retries: 2,
        taskRunName: ({ x }) => { logger.info('called'); return 'x is ' + x; },
      }, (x) => { throw new ValueError('x'); });
      const bad = task({ name: 'bad', retries: 2, taskRunName: () => 5 }, () => logger.info('entered'));
      export default flow('main', async () => { await named.returnState(1); await bad(); });`);
    expect(run.calls).toBe(1);
    expect(run.task('x is 1').attempts).toHaveLength(3);
    expect(run.view.state.message).toContain('TypeError: taskRunName must give a string');
    expect(run.lines.map(({ message }) => message)).not.toContain('entered');
    expect(statesOf(run.task('bad-0'))).toBe('Pending > Running > Failed');
  });

  it('a run that is taken up again asks for no name a second time', async () => {
    const rig = await engineWith(`
      const f = task({ name: 'f', taskRunName: () => { logger.info('called'); return 'once'; } },
        async () => { await work(1); });
      export default flow('main', () => f());`);
    const id = await rig.start();
    await rig.clock.advance(500);
    await rig.restart();
    const run = await endOf(rig, id);
    expect(run.calls).toBe(1);
    expect(run.taskMessages('once')).toContain('Finished in state Completed()');
  });

  it.each([
    ['a text', `'very-bespoke-name'`, 'very-bespoke-name'],
    ['a template of its parameters', `'above {threshold}'`, 'above 0.5'],
    ['a function of its parameters', `({ threshold }) => 'at ' + threshold`, 'at 0.5'],
  ])(
    'a flow run has the name that %s gives, and says so when it begins',
    async (_, option, name) => {
      const run = await runOf(`export default flow({
      name: 'main', flowRunName: ${option}, parameters: { threshold: number({ default: 0.5 }) },
    }, () => 1);`);
      expect(run.view.created.name).toBe(name);
      expect(run.lines[0]?.message).toBe(`Created flow run '${name}' for flow 'main'`);
      expect(run.lines[1]?.message).toBe(`Beginning flow run '${name}' for flow 'main'`);
    },
  );

  it('a flow run whose name function gives no text is refused before it exists', async () => {
    const rig = await engineWith(
      `export default flow({ name: 'main', flowRunName: () => 5 }, () => 1);`,
    );
    await expect(rig.start()).rejects.toThrow('flowRunName must give a string');
  });

  it('flow runs have a name of two words, told in the first line', async () => {
    const { view, lines } = await runOf(source);
    expect(view.created.name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(lines[0]?.message).toBe(`Created flow run '${view.created.name}' for flow 'main'`);
  });
});
