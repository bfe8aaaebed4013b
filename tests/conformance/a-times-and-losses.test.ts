import { describe, expect, it } from 'vitest';
import { parseFault } from '#domain/faults.ts';
import { statesOf } from '#tests/support/engine-rig.ts';
import { attemptStates, endOf, engineWith, runOf } from './author-run.ts';
import { deviation } from './deviation.ts';
import { undisturbed } from './undisturbed.ts';

describe('C11 run time accounting', () => {
  const source = `
    const f = task({ name: 'f', retries: 1, retryDelaySeconds: 5 }, async () => {
      await work(1);
      if (context.task.attempt === 1) throw new ValueError('x');
    });
    export default flow('main', () => f());`;

  it('the total covers both attempts and not the wait between them', async () => {
    const { attempts, createdAt, endedAt } = (await runOf(source)).task('f-0');
    const times = attempts.map((attempt) => (attempt.endedAt ?? NaN) - attempt.startedAt);
    expect(times).toEqual([1000, 1000]);
    expect((endedAt ?? NaN) - createdAt).toBe(7000);
  });

  it('the start is the first Running', async () => {
    const { attempts, states } = (await runOf(source)).task('f-0');
    const running = states.find(({ type }) => type === 'RUNNING');
    expect(running).toMatchObject({ name: 'Running', at: attempts[0]?.startedAt });
  });

  it('the end is set on a terminal state only', async () => {
    const rig = await engineWith(source);
    const id = await rig.start();
    await rig.clock.advance(1000);
    const waiting = await rig.taskRun(id, 'f-0');
    expect([waiting.state.name, waiting.endedAt]).toEqual(['AwaitingRetry', undefined]);
    await rig.clock.advance(5000);
    const retrying = await rig.taskRun(id, 'f-0');
    expect([retrying.state.name, retrying.endedAt]).toEqual(['Retrying', undefined]);
    const ended = (await endOf(rig, id)).task('f-0');
    expect([ended.state.name, ended.endedAt]).toEqual(['Completed', ended.state.at]);
  });
});

describe('C13 retry logging', () => {
  const failing = (options: string) =>
    runOf(`
      const f = task({ name: 'f', ${options} }, () => { throw new ValueError('x'); });
      export default flow('main', () => f());`);
  const failed = "Task run failed with exception: ValueError('x')";

  it('without retries: one ERROR with the exception, and no word of retries', async () => {
    const run = await failing('retries: 0');
    const errors = run.taskMessages('f-0', 'ERROR');
    expect(errors.filter((message) => message.startsWith('Task run failed'))).toEqual([failed]);
    expect(run.taskMessages('f-0').join()).not.toContain('Retries are exhausted');
  });

  it('with retries: the ERROR says that they are exhausted', async () => {
    const run = await failing('retries: 1');
    expect(run.taskMessages('f-0', 'ERROR')).toContain(`${failed} - Retries are exhausted`);
  });

  it('each retry is an INFO that says when it starts', async () => {
    const run = await failing('retries: 3, retryDelaySeconds: [2, 0]');
    expect(run.taskMessages('f-0', 'INFO')).toEqual([
      `${failed} - Retry 1/3 will start 2 second(s) from now`,
      `${failed} - Retry 2/3 will start immediately`,
      `${failed} - Retry 3/3 will start immediately`,
    ]);
  });
});

describe('C14 timeouts', () => {
  deviation('C14', 'a timeout terminates the worker');
  const slow = (options: string) => `
    const f = task({ name: 'f', timeoutSeconds: 0.1, ${options} }, async () => {
      await work(2);
      logger.info('still here');
      return 'late';
    });
    export default flow('main', () => f().catch(() => sleep(5)));`;

  it('ends the task run as Failed, named TimedOut', async () => {
    const { state, states } = (await runOf(slow(''))).task('f-0');
    expect(state).toMatchObject({
      type: 'FAILED',
      name: 'TimedOut',
      message: 'Task run exceeded timeout of 0.1 second(s)',
    });
    expect(states.map(({ type }) => type)).toEqual(['PENDING', 'RUNNING', 'FAILED']);
  });

  it('uses retries like any failure', async () => {
    const taskRun = (await runOf(slow('retries: 1'))).task('f-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Retrying > TimedOut');
    expect(attemptStates(taskRun)).toEqual(['TimedOut', 'TimedOut']);
  });

  it('terminates the worker while the flow goes on, and what it says later is not heard', async ({
    task,
  }) => {
    undisturbed('it asks which workers live on', task);
    const rig = await engineWith(slow(''));
    const id = await rig.start();
    const [flowWorker, taskWorker, ...others] = rig.workers.alive;
    expect([taskWorker === undefined, others]).toEqual([false, []]);
    await rig.clock.advance(100);
    expect([...rig.workers.alive]).toEqual([flowWorker]);
    const run = await endOf(rig, id);
    expect(run.view.state.name).toBe('Completed');
    expect(run.taskMessages('f-0')).not.toContain('still here');
  });
});

describe('C15 interrupts crash', () => {
  deviation('C15', 'a lost attempt is started again without using a retry, at most 3 times');
  undisturbed('losses are what it counts');
  const source = (options = '') => `
    const f = task({ name: 'f', ${options} }, async () => { await work(1); });
    export default flow('main', () => f());`;
  const losing = (attempts: string) => ({ faults: [parseFault(`f:${attempts}:crash@0`)] });

  it('an interrupt ends the task run as Crashed, uses no retry and goes on to the flow', async () => {
    const run = await runOf(`
      const f = task({ name: 'f', retries: 3 }, () => { logger.info('called'); throw new Interrupt('stop'); });
      export default flow({ name: 'main', retries: 2 }, () => f());`);
    expect(run.calls).toBe(1);
    const { state } = run.task('f-0');
    expect(state).toMatchObject({ type: 'CRASHED', name: 'Crashed' });
    expect(state.message).toBe('Execution was aborted: stop');
    expect(run.view.state).toMatchObject({ type: 'CRASHED' });
    expect(run.view.state.message).toBe('Execution was aborted: stop');
  });

  it('an attempt whose worker is lost ends Crashed, and no retry is used', async () => {
    const taskRun = (await runOf(source('retries: 0'), losing('1'))).task('f-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Recovering > Completed');
    expect(attemptStates(taskRun)).toEqual(['Crashed', 'Completed']);
  });

  it('the fourth loss ends the task run as Crashed, whatever retries are left', async () => {
    const run = await runOf(source('retries: 5'), losing('1,2,3,4'));
    expect(statesOf(run.task('f-0'))).toBe(
      'Pending > Running > Recovering > Recovering > Recovering > Crashed',
    );
    expect(run.task('f-0').state.type).toBe('CRASHED');
    expect(run.view.state.type).toBe('FAILED');
  });

  it('an attempt that is on when the tab closes ends Crashed and is started again', async () => {
    const rig = await engineWith(source());
    const id = await rig.start();
    await rig.restart();
    const run = await endOf(rig, id);
    expect(attemptStates(run.task('f-0'))).toEqual(['Crashed', 'Completed']);
    expect(statesOf(run.view)).toBe('Pending > Running > Recovering > Completed');
  });
});
