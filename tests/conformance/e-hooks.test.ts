import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { endOf, engineWith, runOf } from './author-run.ts';
import { undisturbed } from './undisturbed.ts';

const SAYS = (word: string) =>
  `({ name, state }) => logger.info('${word} ' + name + ' ' + state.name)`;
const heard = (lines: readonly { readonly message: string }[], word: string): readonly string[] =>
  lines.map(({ message }) => message).filter((message) => message.startsWith(`${word} `));

describe('C38 hooks', () => {
  it('onFailure runs once, after the last retry, for a task and for a flow', async () => {
    const run = await runOf(`
      const f = task({ name: 'f', retries: 2, onFailure: ${SAYS('task')} }, () => { throw new ValueError('x'); });
      export default flow({ name: 'main', retries: 1, flowRunName: 'r', onFailure: ${SAYS('flow')} }, () => f());`);
    // Two flow attempts, so two task runs.
    expect(heard(run.lines, 'task')).toEqual(['task f-0 Failed', 'task f-0 Failed']);
    expect(heard(run.lines, 'flow')).toEqual(['flow r Failed']);
  });

  it.each(['', ', retryDelaySeconds: 1'])(
    'onRunning runs every time it runs again%s',
    async (delay) => {
      const run = await runOf(`
        const f = task({ name: 'f', retries: 2${delay}, onRunning: ${SAYS('running')} },
          () => { throw new ValueError('x'); });
        export default flow('main', () => f());`);
      expect(heard(run.lines, 'running')).toHaveLength(3);
      expect(run.task('f-0').attempts).toHaveLength(3);
    },
  );

  it('onRunning of a flow runs at each entry of its body', async ({ task }) => {
    undisturbed('each engine enters the body anew', task);
    const run = await runOf(`
      export default flow({ name: 'main', retries: 1, onRunning: ${SAYS('running')} },
        () => { throw new ValueError('x'); });`);
    expect(heard(run.lines, 'running')).toHaveLength(2);
  });

  it('a hook that fails is logged, the others still run, and no state changes', async () => {
    const run = await runOf(`
      const broken = () => { throw new ValueError('broken hook'); };
      const f = task({ name: 'f', onCompletion: [broken, ${SAYS('second')}] }, () => 1);
      export default flow({ name: 'main', onCompletion: [broken, ${SAYS('flow')}] }, () => f());`);
    expect(heard(run.lines, 'second')).toEqual(['second f-0 Completed']);
    expect(heard(run.lines, 'flow')).toHaveLength(1);
    expect(run.taskMessages('f-0', 'ERROR')).toEqual([
      "Hook 'broken' failed: ValueError: broken hook",
    ]);
    expect(run.taskMessages('f-0')).toContain(
      "Running hook 'broken' in response to entering state 'Completed'",
    );
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Completed');
    expect(run.view.state.name).toBe('Completed');
  });

  it('a hook that never ends loses its worker after 10 s, not the run', async () => {
    const run = await runOf(`
      const forever = () => new Promise(() => undefined);
      const f = task({ name: 'f', onRunning: forever, onCompletion: forever }, () => 1);
      export default flow('main', () => f());`);
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Completed');
    expect(run.task('f-0').attempts).toHaveLength(1);
    expect(run.taskMessages('f-0', 'ERROR')).toHaveLength(2);
  });

  it('onCancellation and onCrashed run for a flow that ended so', async () => {
    const source = `export default flow({
      name: 'main', onCancellation: ${SAYS('cancelled')}, onCrashed: ${SAYS('crashed')},
    }, async () => { await sleep(10); throw new Interrupt('stop'); });`;
    expect(heard((await runOf(source)).lines, 'crashed')).toHaveLength(1);
    const rig = await engineWith(source);
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'enough');
    expect(heard((await endOf(rig, id)).lines, 'cancelled')).toHaveLength(1);
  });

  it('hooks that a lost engine owed run when the next one starts', async () => {
    const rig = await engineWith(`
      const slow = async ({ name }) => { logger.info('owed ' + name); await work(5); };
      const f = task({ name: 'f', onCompletion: slow }, () => 1);
      export default flow({ name: 'main', flowRunName: 'r', onCompletion: slow }, async () => { await f(); });`);
    const id = await rig.start();
    expect((await rig.taskRun(id, 'f-0')).state.name).toBe('Completed');
    // Lines are kept within 250 ms.
    await rig.clock.advance(300);
    await rig.restart();
    await rig.clock.until(async () => (await rig.view(id)).endedAt !== undefined, 'its end');
    expect((await rig.view(id)).state.name).toBe('Completed');
    await rig.clock.advance(300);
    await rig.restart();
    const run = await endOf(rig, id);
    expect(heard(run.lines, 'owed')).toEqual(['owed f-0', 'owed f-0', 'owed r', 'owed r']);
    expect(run.task('f-0').attempts).toHaveLength(1);
    expect((await rig.store.get('flowRuns', id))?.hooksDue).toBeUndefined();
  });

  it('also where the run waits for a person meanwhile', async ({ task }) => {
    undisturbed('it counts how often a hook runs', task);
    const rig = await engineWith(`
      const slow = async ({ name }) => { logger.info('owed ' + name); await work(5); };
      const f = task({ name: 'f', onCompletion: slow }, () => 1);
      export default flow('main', async () => { const first = f.submit(); await work(1); await pause(); await first; });`);
    const id = await rig.start();
    const isPaused = async () => (await rig.view(id)).state.name === 'Paused';
    await rig.clock.until(isPaused, 'its pause');
    await rig.restart();
    expect(await isPaused()).toBe(true);
    await rig.clock.advance(6000);
    expect((await rig.taskRunRecord(`${id}/1/f-0`))?.hooksDue).toBeUndefined();
    await rig.engine.resumeRun(id, {});
    expect(heard((await endOf(rig, id)).lines, 'owed')).toEqual(['owed f-0', 'owed f-0']);
  });
});
