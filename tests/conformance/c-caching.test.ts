import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import { describeCacheMiss } from '#domain/cache-policy.ts';
import { statesOf } from '#tests/support/engine-rig.ts';
import { endOf, engineWith, runOf, type AuthorRun } from './author-run.ts';

const FOO = (options: string, inputs = 'x') =>
  `const foo = task({ name: 'foo', ${options} }, (${inputs}) => { logger.info('called'); return x; });`;
const twice = (options: string, calls = 'await foo(1); await foo(1);') => `
  ${FOO(options)}
  export default flow({ name: 'main', parameters: { p: number({ default: 1 }) } }, async ({ p }) => { ${calls} });`;

const namesOf = (run: AuthorRun): readonly string[] =>
  run.view.taskRuns.map(({ state }) => state.name);
const missOf = (run: AuthorRun, name: string): string => {
  const { cacheMiss } = run.task(name);
  return cacheMiss ? describeCacheMiss(cacheMiss) : 'none';
};

describe('C35 caching needs persistence', () => {
  it('by default a call with the same inputs in the same run takes the result', async () => {
    const run = await runOf(twice('persistResult: true'));
    expect(namesOf(run)).toEqual(['Completed', 'Cached']);
    const cached = run.task('foo-1');
    expect(statesOf(cached)).toBe('Pending > Running > Cached');
    expect(cached.state.type).toBe('COMPLETED');
    expect(cached.attempts).toEqual([]);
    expect(cached.result).toEqual(run.task('foo-0').result);
    expect(describeReason(cached.state.reason)).toBe(
      `cache hit: foo-0 in run ${run.view.created.name} has the same key`,
    );
    expect(run.calls).toBe(1);
  });

  it('without persistence nothing is cached', async () => {
    expect(namesOf(await runOf(twice('')))).toEqual(['Completed', 'Completed']);
  });

  it.each([
    ['other inputs', `await foo(1); await foo(2);`, 'cache missed: input x differs from foo-0'],
    ['the same', `await foo(1); await foo(1);`, 'none'],
  ])('tells %s apart', async (_what, calls, miss) => {
    const run = await runOf(twice('persistResult: true', calls));
    expect(missOf(run, 'foo-1')).toContain(miss);
  });

  it('the next flow run executes again, for its run id differs', async () => {
    const rig = await engineWith(twice('persistResult: true', 'await foo(1);'));
    await endOf(rig, await rig.start());
    const second = await endOf(rig, await rig.start());
    expect(namesOf(second)).toEqual(['Completed']);
    expect(missOf(second, 'foo-0')).toContain('cache missed: run differs from foo-0 in run');
    expect(second.taskMessages('foo-0')[0]).toContain('Cache missed: run differs from');
  });

  it('another source of the task executes again', async () => {
    const inputs = `cachePolicy: INPUTS.and(TASK_SOURCE)`;
    const rig = await engineWith(twice(inputs, 'await foo(1);'));
    await endOf(rig, await rig.start());
    const files = await engineFiles(twice(`${inputs}, description: 'new'`, 'await foo(1);'));
    const second = await endOf(rig, await rig.start({ files }));
    expect(missOf(second, 'foo-0')).toContain('cache missed: task source differs');
    const third = await endOf(rig, await rig.start({ files }));
    expect(namesOf(third)).toEqual(['Cached']);
  });

  it('a key of the author crosses flow runs, with whatever inputs', async () => {
    const rig = await engineWith(twice(`cacheKeyFn: () => 'k'`, 'await foo(1); await foo(2);'));
    const first = await endOf(rig, await rig.start());
    expect(namesOf(first)).toEqual(['Completed', 'Cached']);
    const second = await endOf(rig, await rig.start());
    expect(namesOf(second)).toEqual(['Cached', 'Cached']);
    expect(second.task('foo-1').result?.label).toBe('1');
  });
});

const engineFiles = async (text: string) => (await engineWith(text)).files;

describe('C36 cache edges', () => {
  it('refreshCache runs though a result is stored, and replaces it', async () => {
    const run = await runOf(twice(`cacheKeyFn: () => 'k', refreshCache: true`));
    expect(namesOf(run)).toEqual(['Completed', 'Completed']);
    expect(missOf(run, 'foo-1')).toBe('cache not asked: refreshCache is set');
  });

  it('an expired result is not taken', async () => {
    const calls = 'await foo(1); await sleep(5); await foo(1); await sleep(11); await foo(1);';
    const run = await runOf(twice('persistResult: true, cacheExpirationSeconds: 10', calls));
    expect(namesOf(run)).toEqual(['Completed', 'Cached', 'Completed']);
    expect(missOf(run, 'foo-2')).toContain('expired at');
  });

  it('cacheKeyFn gets the results of futures', async () => {
    const run = await runOf(`
      const one = task('one', () => 1);
      ${FOO(`cacheKeyFn: ({ x }) => { logger.info('key of ' + x); return 'k' + x; }`)}
      export default flow('main', async () => { await foo(one.submit()); });`);
    expect(run.taskMessages('foo-0')).toContain('key of 1');
  });

  it('a key that cannot be computed keeps nothing from running, says so and persists nothing', async () => {
    const run = await runOf(
      twice(`retries: 0, cacheKeyFn: () => { throw new TypeError('unhashable'); }`),
    );
    expect(namesOf(run)).toEqual(['Completed', 'Completed']);
    const [error] = run.taskMessages('foo-0', 'ERROR');
    expect(error).toContain('Error encountered when computing cache key');
    expect(error).toContain('TypeError: unhashable');
    expect(await run.rig.store.cacheOf('retrain-sentiment', 'foo', 10)).toEqual([]);
  });

  it('an input can be left out of the key', async () => {
    const source = (policy: string) => `
      ${FOO(`cachePolicy: ${policy}`, 'x, y')}
      export default flow('main', async () => { await foo(1, 2); await foo(1, 3); });`;
    expect(namesOf(await runOf(source('INPUTS')))).toEqual(['Completed', 'Completed']);
    expect(namesOf(await runOf(source(`INPUTS.except('y')`)))).toEqual(['Completed', 'Cached']);
  });

  it('a part that gives no key does not count among others; alone it caches nothing', async () => {
    expect(namesOf(await runOf(twice('cachePolicy: NO_CACHE.and(INPUTS)')))).toEqual([
      'Completed',
      'Cached',
    ]);
    expect(namesOf(await runOf(twice('persistResult: true, cachePolicy: NO_CACHE')))).toEqual([
      'Completed',
      'Completed',
    ]);
  });

  it('the parameters of the flow can be part of the key', async () => {
    const rig = await engineWith(twice('cachePolicy: FLOW_PARAMETERS', 'await foo(p);'));
    await endOf(rig, await rig.start());
    expect(namesOf(await endOf(rig, await rig.start()))).toEqual(['Cached']);
    const other = await endOf(rig, await rig.start({ parameters: { p: 2 } }));
    expect(missOf(other, 'foo-0')).toContain('flow parameters differs from');
  });
});
