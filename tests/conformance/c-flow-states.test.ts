import { describe, expect, it } from 'vitest';
import { engineWith, runOf } from './author-run.ts';

describe('C26 uncaught exception', () => {
  const broken = `const broken = task('broken', () => { throw new ValueError('Test'); });`;

  it('of a task that is called directly is thrown again in the flow body', async () => {
    const run = await runOf(`
      ${broken}
      export default flow('main', async () => {
        try { await broken(); } catch (error) {
          logger.info([error instanceof Error, error.name, error.message].join());
        }
      });`);
    expect(run.flowMessages[0]).toBe('true,ValueError,Test');
    expect(run.task('broken-0').state.type).toBe('FAILED');
  });

  it.each([
    ['thrown by a task', `${broken} export default flow('main', () => broken());`],
    ['thrown by the body', `export default flow('main', () => { throw new ValueError('Test'); });`],
  ])('%s ends the flow as Failed', async (_whose, source) => {
    expect((await runOf(source)).view.state).toMatchObject({
      type: 'FAILED',
      message: 'Flow run encountered an exception: ValueError: Test',
    });
  });
});

describe('C31 parameters', () => {
  const source = `
    export default flow({ name: 'main', parameters: { x: integer() } }, ({ x }) => {
      logger.info('entered with the ' + typeof x + ' ' + x);
    });`;

  it('are coerced', async () => {
    const run = await runOf(source, { parameters: { x: '1' } });
    expect(run.flowMessages[0]).toBe('entered with the number 1');
    expect(run.view.state.name).toBe('Completed');
  });

  it('that do not fit never enter the body', async () => {
    const rig = await engineWith(source);
    const started = await rig.ask({ parameters: { x: 'foo' } });
    expect(started).toMatchObject({
      ok: false,
      problems: [{ field: 'x', message: expect.stringContaining('"foo" is not a number') }],
    });
    expect(rig.feed.lines).toEqual([]);
    expect(rig.workers.alive.size).toBe(0);
  });
});
