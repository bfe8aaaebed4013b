import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { runOf } from './author-run.ts';

describe('C33 a flow retry keeps persisted successes', () => {
  const source = (options: string) => `
    const f = task({ name: 'f', ${options} }, () => { logger.info('called'); return 'kept'; });
    export default flow({ name: 'main', retries: 1 }, async () => {
      logger.info(await f());
      if (context.task === undefined && (globalThis.keptEntries = (globalThis.keptEntries ?? 0) + 1) % 2 === 1)
        throw new ValueError('first');
    });`;

  it('the body of the task runs once in total, and the second attempt takes its result', async () => {
    const run = await runOf(source('persistResult: true'));
    expect(run.view.state.name).toBe('Completed');
    expect(run.calls).toBe(1);
    expect(run.view.taskRuns.map(({ flowAttempt, state }) => [flowAttempt, state.name])).toEqual([
      [1, 'Completed'],
      [2, 'Cached'],
    ]);
    expect(run.flowMessages.filter((message) => message === 'kept')).toHaveLength(2);
  });

  it('without persistence it runs again', async () => {
    const run = await runOf(source(''));
    expect(run.view.state.name).toBe('Completed');
    expect(run.calls).toBe(2);
  });
});

describe('C32 flow retries re-enter the body', () => {
  it('until it does not fail', async () => {
    const run = await runOf(`
      const once = task('once', () => {
        logger.info('called');
        return (globalThis.flowEntries = (globalThis.flowEntries ?? 0) + 1);
      });
      export default flow({ name: 'main', retries: 1, retryDelaySeconds: 3 }, async () => {
        logger.info('entered');
        if ((await once()) === 1) throw new ValueError('first');
        return 'hello';
      });`);
    expect(run.view.state.name).toBe('Completed');
    expect(statesOf(run.view)).toBe('Pending > Running > AwaitingRetry > Retrying > Completed');
    expect(run.flowMessages.filter((message) => message === 'entered')).toHaveLength(2);
    expect(run.flowMessages).toContain(
      "Flow run failed with exception: ValueError('first') - Retry 1/1 will start 3 second(s) from now",
    );
    expect(run.calls).toBe(2);
  });

  it('and give each task its retries anew', async () => {
    const run = await runOf(`
      const f = task({ name: 'f', retries: 2 }, () => { logger.info('called'); throw new ValueError('x'); });
      export default flow({ name: 'main', retries: 1 }, async () => { await f(); });`);
    expect(run.calls).toBe(6);
    expect(run.view.state.name).toBe('Failed');
    expect(run.view.taskRuns.map(({ name, flowAttempt }) => [name, flowAttempt])).toEqual([
      ['f-0', 1],
      ['f-0', 2],
    ]);
  });
});
