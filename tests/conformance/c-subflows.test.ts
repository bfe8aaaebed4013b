import { beforeEach, describe, expect, it } from 'vitest';
import type { FlowRunRecord } from '#domain/records.ts';
import { statesOf } from '#tests/support/engine-rig.ts';
import { MINUTE, runs, setSchedule, verdicts } from '#tests/support/scheduled-rig.ts';
import { endOf, engineWith, runOf, type AuthorRun } from './author-run.ts';

/** Runs that the flow run called, in order of the calls. */
async function subflowRuns({ rig, view }: AuthorRun): Promise<readonly FlowRunRecord[]> {
  const stored = await rig.store.childRunsOf(view.created.flowRunId);
  expect(stored).toHaveLength(view.subflows.length);
  return view.subflows.map(({ id }) => stored.find((one) => one.id === id)!);
}

async function entries(run: AuthorRun, record: FlowRunRecord): Promise<number> {
  return (await run.rig.said(record.id)).filter((line) => line.endsWith('entered')).length;
}

/** Counts over all runs of one test: what a real flow would ask of the world. */
const counting = `
  const failsUntil = (last) => { logger.info('entered'); if (++globalThis.tries < last) throw new ValueError('x'); return 'hello'; };`;

describe('C34 subflow retries', () => {
  beforeEach(() => {
    Object.assign(globalThis, { tries: 0 });
  });

  it('enter the body of the subflow again, not that of the flow', async () => {
    const run = await runOf(`${counting}
      const child = flow({ name: 'child', retries: 1 }, () => failsUntil(2));
      export default flow('main', async () => { logger.info('entered once'); logger.info(await child()); });`);
    expect(run.view.state.name).toBe('Completed');
    expect(run.flowMessages).toContain('hello');
    expect(run.flowMessages.filter((said) => said === 'entered once')).toHaveLength(1);
    const [child, ...more] = await subflowRuns(run);
    expect(more).toEqual([]);
    expect(await entries(run, child!)).toBe(2);
    expect(statesOf(await run.rig.view(child!.id))).toBe(
      'Pending > Running > AwaitingRetry > Retrying > Completed',
    );
  });

  it('begin anew when the flow is retried; the first run keeps its Failed record', async () => {
    const run = await runOf(`${counting}
      const child = flow({ name: 'child', retries: 1 }, () => failsUntil(4));
      export default flow({ name: 'main', retries: 1 }, async () => {
        logger.info('entered once');
        return child.returnState();
      });`);
    expect(run.view.state.name).toBe('Completed');
    expect(run.flowMessages.filter((said) => said === 'entered once')).toHaveLength(2);
    const children = await subflowRuns(run);
    expect(children.map(({ state, parent }) => [state.name, parent?.flowAttempt])).toEqual([
      ['Failed', 1],
      ['Completed', 2],
    ]);
    expect(await Promise.all(children.map((child) => entries(run, child)))).toEqual([2, 2]);
  });
});

describe('C31 parameters of subflows and scheduled runs', () => {
  const child = `const child = flow({ name: 'child', parameters: { x: integer() } }, ({ x }) => {
    logger.info('entered'); return 'the ' + typeof x + ' ' + x;
  });`;
  const unchecked = child.replace("name: 'child',", "name: 'child', validateParameters: false,");

  it('are coerced', async () => {
    const run = await runOf(`${child}
      export default flow('main', async () => { logger.info(await child({ x: '1' })); });`);
    expect(run.flowMessages).toContain('the number 1');
    expect((await subflowRuns(run))[0]?.parameters).toEqual({ x: 1 });
  });

  it('that do not fit end the subflow as Failed without entering its body', async () => {
    const run = await runOf(`${child}
      export default flow('main', async () => {
        const state = await child.returnState({ x: 'foo' });
        try { state.result(); } catch (error) { logger.info(error.name + ': ' + error.message); }
      });`);
    const [failed] = await subflowRuns(run);
    expect(failed).toMatchObject({
      active: 0,
      parameters: { x: 'foo' },
      failure: { kind: 'parameters', problems: ['x: "foo" is not a number'] },
      state: {
        type: 'FAILED',
        name: 'Failed',
        message: 'Validation of flow parameters failed with error: x: "foo" is not a number',
      },
    });
    expect(failed?.startedAt).toBe(failed?.endedAt);
    const view = await run.rig.view(failed!.id);
    expect(statesOf(view)).toBe('Pending > Failed');
    expect([view.startedAt, view.endedAt]).toEqual([failed?.startedAt, failed?.endedAt]);
    expect(await entries(run, failed!)).toBe(0);
    expect(run.flowMessages).toContain(
      'ParameterTypeError: Parameters were refused: x: "foo" is not a number',
    );
    expect(run.view.state.name).toBe('Completed');
  });

  it('that do not fit fail the flow when the state of the subflow is returned', async () => {
    const run = await runOf(`${child}
      const succeed = task('succeed', () => 1);
      export default flow('main', async () => [await succeed.returnState(), await child.returnState({ x: 'foo' })]);`);
    expect(run.view.state).toMatchObject({ type: 'FAILED', message: '1/2 states failed.' });
  });

  it('pass through as they are with validateParameters: false', async () => {
    const run = await runOf(`${unchecked}
      export default flow('main', async () => { logger.info(await child({ x: 'foo' })); });`);
    expect(run.flowMessages).toContain('the string foo');
  });

  it('pass through as they are in the run that a person starts, too', async () => {
    const run = await runOf(`export default ${unchecked.slice(unchecked.indexOf('flow('))}`, {
      parameters: { x: 'foo' },
    });
    expect(run.view.created.parameters).toEqual({ x: 'foo' });
    expect(run.view.state.name).toBe('Completed');
    expect(run.flowMessages).toContain('entered');
  });

  const scheduled = async (source: string) => {
    const rig = await engineWith(`export default ${source.slice(source.indexOf('flow('))}`);
    await setSchedule(rig, '*/5 * * * *');
    await rig.clock.advance(5 * MINUTE);
    const [record] = await runs(rig);
    return { record: record!, run: await endOf(rig, record!.id) };
  };

  it('that do not fit end a scheduled run as Failed without entering its body', async () => {
    const { record, run } = await scheduled(child);
    expect(await verdicts(run.rig)).toEqual(['5 ran']);
    expect(record).toMatchObject({
      active: 0,
      failure: { kind: 'parameters', problems: ['x: a value is needed'] },
    });
    expect(record.startedAt).toBe(record.endedAt);
    expect(statesOf(run.view)).toBe('Scheduled > Failed');
    expect(run.flowMessages).not.toContain('entered');
    expect(run.rig.workers.alive.size).toBe(0);
    await run.rig.restart();
    expect((await run.rig.view(record.id)).lastSeq).toBe(run.view.lastSeq);
  });

  it('pass through as they are in a scheduled run with validateParameters: false', async () => {
    const { run } = await scheduled(unchecked);
    expect(run.view.state.name).toBe('Completed');
    expect(run.flowMessages).toContain('entered');
  });
});

describe('C28 many returned states aggregate', () => {
  it('those of subflows as those of tasks', async () => {
    const run = await runOf(`
      const fail = task('fail', () => { throw new ValueError('x'); });
      const broken = flow('broken', async () => { await fail(); });
      const fine = flow('fine', () => 1);
      export default flow('main', async () => [broken.submit(), fine.submit(), await fail.returnState()]);`);
    expect(run.view.state).toMatchObject({ type: 'FAILED', message: '2/3 states failed.' });
  });
});

describe('C29 precedence of returned states', () => {
  const stateOf = async (states: string) =>
    (
      await runOf(`
        const cancelled = flow('cancelled', () => Cancelled());
        const paused = flow('paused', () => Paused());
        const broken = flow('broken', () => { throw new ValueError('x'); });
        const fine = flow('fine', () => 1);
        const succeed = task('succeed', () => 1);
        export default flow('main', async () => ${states});`)
    ).view.state;

  it.each([
    [
      'cancelled first',
      '[cancelled.submit(), fine.submit(), broken.submit()]',
      '1/3 states cancelled.',
    ],
    ['then paused', '[paused.submit(), fine.submit(), broken.submit()]', '1/3 states paused.'],
    ['then failed', '[broken.submit(), succeed.submit()]', '1/2 states failed.'],
    ['completed when all are', '[fine.submit(), succeed.submit()]', 'All states completed.'],
    [
      'and a task that waits for a subflow in vain never gets ready',
      '[succeed.waitFor(broken.submit()).submit(), fine.submit()]',
      '1/2 states are not final.',
    ],
  ])('of subflows: %s', async (_which, states, message) => {
    expect(await stateOf(states)).toMatchObject({ message });
  });
});
