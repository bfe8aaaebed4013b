import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { runOf } from './author-run.ts';

const TASKS = `
  const fail = task('fail', () => { throw new ValueError('test'); });
  const succeed = task('succeed', () => 1);
  const cancel = task('cancel', () => Cancelled());`;

const stateOf = async (body: string) =>
  (await runOf(`${TASKS} export default flow('main', ${body});`)).view.state;

it('C10 returning a Failed state also retries', async () => {
  const run = await runOf(`
    const f = task({ name: 'f', retries: 3 }, () => {
      logger.info('called');
      return context.task.attempt === 2 ? true : Failed({ message: 'oops' });
    });
    export default flow('main', () => f());`);
  expect(run.calls).toBe(2);
  expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Retrying > Completed');
  expect(run.task('f-0').attempts[0]?.failure).toMatchObject({ message: 'oops' });
});

it('C25 plain value, whatever the tasks did', async () => {
  expect(await stateOf(`async () => { await fail.submit().wait(); return 'bar'; }`)).toMatchObject({
    type: 'COMPLETED',
    name: 'Completed',
  });
  expect(await stateOf('async () => { await fail.returnState(); }')).toMatchObject({
    type: 'COMPLETED',
  });
});

it('C27 one returned state decides', async () => {
  expect(await stateOf('async () => fail.returnState()')).toMatchObject({
    type: 'FAILED',
    message: 'ValueError: test',
  });
  expect(await stateOf('() => succeed.submit()')).toMatchObject({ type: 'COMPLETED' });
});

it('C28 many returned states aggregate', async () => {
  expect(
    await stateOf(
      'async () => [await fail.returnState(), await fail.returnState(), await succeed.returnState()]',
    ),
  ).toMatchObject({ type: 'FAILED', message: '2/3 states failed.' });
});

describe('C29 precedence of returned states', () => {
  it.each([
    [
      'cancelled first',
      '[cancel.submit(), succeed.submit(), fail.submit()]',
      'CANCELLED',
      '1/3 states cancelled.',
    ],
    [
      'then paused',
      '[Paused(), await succeed.returnState(), await fail.returnState()]',
      'PAUSED',
      '1/3 states paused.',
    ],
    ['then failed', '[succeed.submit(), fail.submit()]', 'FAILED', '1/2 states failed.'],
    [
      'completed when all are',
      '[succeed.submit(), succeed.submit()]',
      'COMPLETED',
      'All states completed.',
    ],
    [
      'failed when some never got ready',
      '[succeed.waitFor(fail.submit()).submit(), succeed.waitFor(fail.submit()).submit(), succeed.submit()]',
      'FAILED',
      '2/3 states are not final.',
    ],
  ])('%s', async (_which, states, type, message) => {
    expect(await stateOf(`async () => ${states}`)).toMatchObject({ type, message });
  });
});

describe('C30 hand-made states are used verbatim', () => {
  it('by a flow, with name and message', async () => {
    expect(await stateOf(`() => Completed({ message: 'no work', name: 'Skipped' })`)).toMatchObject(
      { type: 'COMPLETED', name: 'Skipped', message: 'no work' },
    );
    expect(await stateOf('() => Cancelled()')).toMatchObject({ type: 'CANCELLED' });
    expect(await stateOf('() => Paused()')).toMatchObject({ type: 'PAUSED' });
  });

  it('by a task', async () => {
    const run = await runOf(`
      const skip = task('skip', () => Completed({ name: 'Skipped' }));
      export default flow('main', async () => { await skip(); });`);
    expect(run.task('skip-0').state).toMatchObject({ type: 'COMPLETED', name: 'Skipped' });
  });

  it('whose result is asked for while paused raise PausedRun', async () => {
    const run = await runOf(`
      export default flow('main', () => { Paused().result(); });`);
    expect(run.view.state.message).toContain('PausedRun');
  });
});
