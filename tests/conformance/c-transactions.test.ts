import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import { statesOf } from '#tests/support/engine-rig.ts';
import { endOf, engineWith, runOf, type AuthorRun } from './author-run.ts';

const TASKS = `
  const told = (word) => ({ name }) => logger.info(word + ' ' + name);
  const step = task({ name: 'step', onRollback: told('undo'), onCommit: told('commit') }, (x) => x);
  const fails = task('fails', () => { throw new ValueError('boom'); });`;
const flow = (body: string) => `${TASKS} export default flow('main', async () => { ${body} });`;
const heard = (run: AuthorRun, word: string): readonly string[] =>
  run.lines.map(({ message }) => message).filter((message) => message.startsWith(`${word} `));

describe('C37 transactions', () => {
  it('(a) by default an inner one commits when the outer one exits', async () => {
    const run = await runOf(
      flow(`
        let inner;
        const outer = await transaction(async (outer) => {
          await transaction(async (txn) => { inner = txn; await step(1); });
          logger.info('inside ' + inner.state + ' ' + outer.state);
          return outer;
        });
        logger.info('after ' + inner.state + ' ' + outer.state);`),
    );
    expect(run.flowMessages.slice(0, 2)).toEqual([
      'inside STAGED ACTIVE',
      'after COMMITTED COMMITTED',
    ]);
    expect(heard(run, 'commit')).toEqual(['commit step-0']);
  });

  it('(b) an eager inner one commits at once, and stays so when the outer one fails', async () => {
    const run = await runOf(
      flow(`
        let inner;
        await transaction(async () => {
          await transaction(async (txn) => { inner = txn; await step(1); }, { commitMode: 'eager' });
          logger.info('inside ' + inner.state);
          throw new ValueError('late');
        }).catch((error) => logger.info('caught ' + error.message));
        logger.info('after ' + inner.state);`),
    );
    expect(run.flowMessages.slice(0, 3)).toEqual([
      'inside COMMITTED',
      'caught late',
      'after COMMITTED',
    ]);
    expect(statesOf(run.task('step-0'))).toBe('Pending > Running > Completed');
  });

  it('(c) an exception rolls back, hooks in reverse order, and goes on', async () => {
    const run = await runOf(
      flow(
        `await transaction(async () => { await step(1); await step(2); throw new ValueError('x'); });`,
      ),
    );
    expect(heard(run, 'undo')).toEqual(['undo step-1', 'undo step-0']);
    expect(run.view.state.message).toContain('ValueError: x');
  });

  it('(d) a child that is rolled back takes its parents along', async () => {
    const run = await runOf(
      flow(`
        const outer = await transaction(async (outer) => {
          await step(1);
          await transaction(async () => { await step(2); throw new ValueError('x'); }).catch(() => undefined);
          return outer;
        });
        logger.info('after ' + outer.state);`),
    );
    expect(run.flowMessages[0]).toBe('after ROLLED_BACK');
    expect(heard(run, 'undo')).toEqual(['undo step-1', 'undo step-0']);
    expect(heard(run, 'commit')).toEqual([]);
    expect(run.view.state.name).toBe('Completed');
  });

  it('(e) a task run of a transaction that fails later ends RolledBack, type COMPLETED, and says why', async () => {
    const run = await runOf(
      flow(`await transaction(async () => { await step(1); await fails(); });`),
    );
    const { state } = run.task('step-0');
    expect(statesOf(run.task('step-0'))).toBe('Pending > Running > Completed > RolledBack');
    expect(state.type).toBe('COMPLETED');
    expect(describeReason(state.reason)).toContain('its transaction was rolled back: fails-0');
    expect(run.taskMessages('step-0')).toEqual([
      'Finished in state Completed()',
      'Finished in state RolledBack(type=COMPLETED)',
      "Running rollback hook 'onRollback 1'",
      'undo step-0',
      "Rollback hook 'onRollback 1' finished running successfully",
    ]);
  });

  it('(f) an error while committing rolls back', async () => {
    const run = await runOf(
      flow(`
        const txn = await transaction(async (txn) => { await step(1); return txn; },
          { onCommit: () => { throw new ValueError('cannot') }, onRollback: () => logger.info('undone') });
        logger.info('after ' + txn.state);`),
    );
    expect(run.flowMessages.slice(0, 2)).toEqual(['undone', 'after ROLLED_BACK']);
    expect(statesOf(run.task('step-0'))).toBe('Pending > Running > Completed > RolledBack');
  });

  it('(f) so does a commit hook of a task that fails', async () => {
    const run = await runOf(`
      const step = task({ name: 'step', onCommit: () => { throw new ValueError('cannot'); } }, (x) => x);
      export default flow('main', async () => {
        const txn = await transaction(async (txn) => { await step(1); await step(2); return txn; });
        logger.info('after ' + txn.state);
      });`);
    expect(run.flowMessages[0]).toBe('after ROLLED_BACK');
    expect(run.view.taskRuns.map(({ state }) => state.name)).toEqual(['RolledBack', 'RolledBack']);
  });

  it('keeps cached results only once it has committed', async () => {
    const source = (end: string) => `
      const kept = task({ name: 'kept', cacheKeyFn: () => 'k' }, () => 1);
      export default flow('main', () => transaction(async () => { await kept(); ${end} }));`;
    const failed = await runOf(source(`throw new ValueError('x');`));
    expect(await failed.rig.store.cacheOf('retrain-sentiment', 'kept', 5)).toEqual([]);
    const committed = await runOf(source(''));
    expect(await committed.rig.store.cacheOf('retrain-sentiment', 'kept', 5)).toHaveLength(1);
  });

  it('keeps no result of a transaction that could not commit, though some of it had', async () => {
    const run = await runOf(`
      const kept = task({ name: 'kept', cacheKeyFn: () => 'k' }, () => 1);
      const bad = task({ name: 'bad', onCommit: () => { throw new ValueError('cannot'); } }, () => 2);
      export default flow('main', () => transaction(async () => { await kept(); await bad(); }));`);
    expect(statesOf(run.task('kept-0'))).toBe('Pending > Running > Completed > RolledBack');
    expect(await run.rig.store.cacheOf('retrain-sentiment', 'kept', 5)).toEqual([]);
  });

  it('values that were set are there for the hooks, of inner ones too', async () => {
    const run = await runOf(
      flow(`
        await transaction(async (outer) => {
          outer.set('who', 'outer');
          await transaction(async () => undefined, { onCommit: (txn) => logger.info('who ' + txn.get('who')) });
        });`),
    );
    expect(heard(run, 'who')).toEqual(['who outer']);
  });

  it('transactions side by side are refused', async () => {
    const run = await runOf(
      flow(`await Promise.all([
        transaction(async () => { await step(1); }),
        transaction(async () => { await sleep(5); await step(2); }),
      ]);`),
    );
    expect(run.view.state.message).toContain('Await one before you open the next');
  });

  it('a rollback that a lost engine left half done is finished', async () => {
    const rig = await engineWith(`
      const step = task({ name: 'step', onRollback: async ({ name }) => { logger.info('undo ' + name); await work(5); } }, (x) => x);
      export default flow('main', async () => {
        await transaction(async () => { await step(1); await step(2); throw new ValueError('x'); });
      });`);
    const id = await rig.start();
    await rig.clock.advance(7000);
    await rig.restart();
    const run = await endOf(rig, id);
    expect(run.view.taskRuns.map(({ state }) => state.name)).toEqual(['RolledBack', 'RolledBack']);
    expect(run.view.taskRuns.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
    expect(heard(run, 'undo')).toEqual(['undo step-1', 'undo step-0', 'undo step-0']);
    expect(run.view.state.message).toContain('ValueError: x');
  });
});
