import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { runOf } from './author-run.ts';

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
