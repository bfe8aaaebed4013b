import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { endOf, engineWith, runOf } from './author-run.ts';
import { deviation } from './deviation.ts';

const FAILS = `const fails = task('fails', () => { throw new ValueError('Fail task!'); });`;
const BAR = `const bar = task('bar', (x) => {
  logger.info('got ' + (x instanceof Error ? x.name + ': ' + x.message : JSON.stringify(x)));
  return x;
});`;

describe('C16 upstream failure', () => {
  deviation('C16', 'the state tells the name of the upstream task run, not its id');

  it.each([
    ['a future among its arguments', 'await bar.submit(fails.submit()).wait()'],
    ['a future it waits for', 'await bar.waitFor(fails.submit()).submit(1).wait()'],
    ['a future inside a list', 'await bar.submit([1, fails.submit()]).wait()'],
  ])('keeps a task run from running that was given %s', async (_how, call) => {
    const run = await runOf(
      `${FAILS} ${BAR} export default flow('main', async () => { ${call}; });`,
    );
    const bar = run.task('bar-0');
    expect(statesOf(bar)).toBe('Pending > NotReady');
    expect(bar.state).toMatchObject({ type: 'PENDING' });
    expect(bar.attempts).toEqual([]);
    expect(bar.state.message).toBe(
      `Upstream task run 'fails-0' did not reach a 'COMPLETED' state.`,
    );
  });
});

describe('C17 allowFailure', () => {
  it('gives the exception in place of the result', async () => {
    const run = await runOf(`${FAILS} ${BAR}
      export default flow('main', async () => { await bar.submit(allowFailure(fails.submit())); });`);
    expect(run.taskMessages('bar-0')).toContain('got ValueError: Fail task!');
    expect(run.task('bar-0').state.type).toBe('COMPLETED');
  });

  it('gives it at its place only, inside a list', async () => {
    const run = await runOf(`${FAILS}
      const one = task('one', () => 1);
      const list = task('list', (all) => { logger.info('got ' + all.map((x) => x instanceof Error ? 'error' : x).join()); });
      export default flow('main', async () => {
        await list.submit([one.submit(), allowFailure(fails.submit()), 3]);
      });`);
    expect(run.taskMessages('list-0')).toContain('got 1,error,3');
  });
});

it('C18 allowFailure and cascade', async () => {
  const run = await runOf(`
    const addOne = task('add-one', (x) => { if (x === 2) throw new ValueError('two'); return x + 1; });
    const addTwo = task('add-two', (x) => x + 2);
    const cleanup = task('cleanup', () => 'cleaned');
    export default flow('main', async () => {
      const b = addOne.map([1, 2, 3]);
      const c = addTwo.map(b);
      await cleanup.waitFor(c.map((one) => allowFailure(one))).submit();
    });`);
  const names = ['add-two-0', 'add-two-1', 'add-two-2', 'cleanup-0'];
  expect(names.map((name) => run.task(name).state.name)).toEqual([
    'Completed',
    'NotReady',
    'Completed',
    'Completed',
  ]);
});

it('C19 self dependency', async () => {
  const run = await runOf(`
    const t = task('t', () => 1);
    export default flow('main', async () => {
      const own = t.submit();
      own.call = 1;
      await t.waitFor(own).submit();
    });`);
  expect(run.view.state.message).toContain('Discovered a task depending on itself');
});

describe('C20 map', () => {
  it.each([
    ['a list', '[1, 2, 3]'],
    ['a set', 'new Set([1, 2, 3])'],
    ['a generator', '(function* () { yield 1; yield 2; yield 3; })()'],
  ])('runs once for each element of %s, in input order', async (_what, list) => {
    const run = await runOf(`
      const addOne = task('add-one', (x) => x + 1);
      export default flow('main', async () => {
        logger.info((await Promise.all(addOne.map(${list}))).join());
      });`);
    expect(run.flowMessages[0]).toBe('2,3,4');
    expect(run.view.taskRuns.map(({ name }) => name)).toEqual([
      'add-one-0',
      'add-one-1',
      'add-one-2',
    ]);
  });
});

it('C21 map static arguments', async () => {
  const run = await runOf(`
    const add = task('add', (x, y) => x + y);
    const count = task('count', (x, all) => x + all.length);
    const say = async (futures) => logger.info((await Promise.all(futures)).join());
    export default flow('main', async () => {
      await say(add.map([1, 2, 3], 5));
      await say(add.map([1, 2, 3], unmapped(5)));
      await say(add.map(['a', 'b'], 'text'));
      await say(count.map([1, 2, 3], unmapped([4, 5, 6, 7])));
    });`);
  expect(run.flowMessages.slice(0, 4)).toEqual(['6,7,8', '6,7,8', 'atext,btext', '5,6,7']);
});

describe('C22 map errors', () => {
  it.each([
    ['without a list', 'add.map(1, 5)', 'MappingMissingIterable'],
    [
      'with lists of different lengths',
      'add.map([1, 2, 3], [1, 2, 3, 4])',
      'MappingLengthMismatch',
    ],
  ])('%s', async (_how, call, name) => {
    const run = await runOf(`
      const add = task('add', (x, y) => x + y);
      export default flow('main', async () => { ${call}; });`);
    expect(run.view.state.message).toContain(name);
    expect(run.view.taskRuns).toEqual([]);
  });
});

describe('C23 result timing', () => {
  const slow = `const slow = task('slow', async () => { await work(10); return 'done'; });`;

  it('ends a wait without an error when its time is over', async () => {
    const run = await runOf(`${slow}
      export default flow('main', async () => {
        const future = slow.submit();
        logger.info('waited ' + (await future.wait({ timeoutSeconds: 1 })));
        logger.info(await future);
      });`);
    expect(run.flowMessages.slice(0, 2)).toEqual(['waited undefined', 'done']);
  });

  it('throws a TimeoutError when the time for a result is over', async () => {
    const run = await runOf(`${slow}
      export default flow('main', async () => {
        await slow.submit().result({ timeoutSeconds: 1 });
      });`);
    expect(run.view.state.message).toContain('TimeoutError');
  });

  it('gives the exception when it is not to be raised', async () => {
    const run = await runOf(`${FAILS}
      export default flow('main', async () => {
        const error = await fails.submit().result({ raiseOnFailure: false });
        logger.info(error.name + ': ' + error.message);
      });`);
    expect(run.flowMessages[0]).toBe('ValueError: Fail task!');
  });
});

describe('C24 forgotten futures', () => {
  const warning = 'Please wait for all submitted tasks to complete before exiting your flow';

  it('that are still Pending when the flow ends are logged as an error', async () => {
    const source = `
      const slow = task('slow', () => work(10));
      export default flow('main', async () => { slow.submit(); slow.submit(); await sleep(1); return 1; });`;
    const rig = await engineWith(source, { poolSize: 1 });
    const run = await endOf(rig, await rig.start());
    expect(run.taskMessages('slow-1', 'ERROR').join()).toContain(warning);
    expect(run.view.state.name).toBe('Completed');
  });

  it('that are NotReady are not', async () => {
    const run = await runOf(`${FAILS} ${BAR}
      export default flow('main', async () => { await bar.submit(fails.submit()).wait(); return 1; });`);
    expect(run.lines.some(({ message }) => message.includes(warning))).toBe(false);
  });
});
