import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { endOf, engineWith, runOf } from './author-run.ts';
import { deviation } from './deviation.ts';
import {
  endedFlows,
  endedTasks,
  FLOW_INPUTS,
  flowIn,
  TASK_INPUTS,
  taskIn,
} from './machine-inputs.ts';

describe('C42 terminal protection', () => {
  deviation('C42', 'a completed task runs again as a new task run; no terminal record is reopened');

  it.each(endedTasks())('nothing moves a task run that is %s', (_name, run) => {
    const before = run.record;
    const inputs = TASK_INPUTS.filter(({ kind }) => kind !== 'rolled back');
    for (const input of inputs) run.give(input, run.now + 10_000);
    expect(run.record).toBe(before);
  });

  it('only the rollback of its transaction does, once, and it stays COMPLETED', () => {
    for (const [name, run] of endedTasks()) {
      const rolledBack = TASK_INPUTS.find(({ kind }) => kind === 'rolled back');
      if (!rolledBack) throw new Error('There is no such input.');
      run.give(rolledBack, run.now + 1);
      run.give(rolledBack, run.now + 2);
      const expected = name === 'Completed' ? 'RolledBack' : name;
      expect(run.record.state.name).toBe(expected);
      const changes = run.told.filter(
        ({ body }) => body.kind === 'task-run.state' && body.state.name === 'RolledBack',
      );
      expect(changes).toHaveLength(name === 'Completed' ? 1 : 0);
    }
  });

  it.each(endedFlows())('nothing moves a flow run that is %s', (_name, run) => {
    const before = run.record;
    for (const input of FLOW_INPUTS) run.give(input, SOME_TIME + 10_000);
    expect(run.record).toBe(before);
  });

  it('a cancel that comes after the end is refused', async () => {
    const { rig, view } = await runOf(`export default flow('main', () => 1);`);
    const id = view.created.flowRunId;
    expect(await rig.engine.cancelRun(id, 'too late')).toBe(false);
    expect(await rig.view(id)).toEqual(view);
  });

  it('a task that is called again is a new task run, and the first keeps its result', async () => {
    const run = await runOf(`
      const draw = task('draw', () => Math.random());
      export default flow('main', async () => { await draw(); await draw(); });`);
    const [first, second] = [run.task('draw-0'), run.task('draw-1')];
    expect([statesOf(first), statesOf(second)]).toEqual([
      'Pending > Running > Completed',
      'Pending > Running > Completed',
    ]);
    expect(first.result?.hash).not.toBe(second.result?.hash);
  });
});

describe('C43 no double submission', () => {
  it.each(['Running', 'Retrying', 'AwaitingRetry', 'Recovering', 'NotReady', 'Cancelled'] as const)(
    'nothing makes a task run that is %s Pending again',
    (name) => {
      for (const input of TASK_INPUTS) {
        const run = taskIn(name);
        run.give(input, run.now + 10_000);
        expect(run.record.state.type, input.kind).not.toBe('PENDING');
      }
    },
  );

  it.each(['Running', 'Recovering', 'Paused', 'Cancelling', 'Cancelled'] as const)(
    'nothing makes a flow run that is %s Pending again',
    (name) => {
      for (const input of FLOW_INPUTS) {
        const run = flowIn(name);
        run.give(input, SOME_TIME + 10_000);
        expect(run.record.state.type, input.kind).not.toBe('PENDING');
      }
    },
  );

  it('a start that is told twice starts once, and leaves the state as it is', () => {
    const [taskRun, flowRun] = [taskIn('Running'), flowIn('Running')];
    const before = [taskRun.record, flowRun.record];
    taskRun.give({ kind: 'attempt started' });
    flowRun.give({ kind: 'begun' }, SOME_TIME + 1);
    expect(taskRun.record).toBe(before[0]);
    expect(flowRun.record).toBe(before[1]);
  });

  it('a body that calls again after a reload gets the task run that is there', async () => {
    const rig = await engineWith(`
      const first = task('first', () => 1);
      const slow = task('slow', async () => { await work(1); });
      export default flow('main', async () => { await first(); await slow(); });`);
    const id = await rig.start();
    await rig.restart();
    const run = await endOf(rig, id);
    expect(run.view.taskRuns.map(({ name }) => name)).toEqual(['first-0', 'slow-0']);
    expect(statesOf(run.task('first-0'))).toBe('Pending > Running > Completed');
    expect(run.task('first-0').attempts).toHaveLength(1);
  });
});

describe('C44 waiting and lateness', () => {
  const source = `
    const f = task({ name: 'f', retries: 1, retryDelaySeconds: 60 }, () => {
      if (context.task.attempt === 1) throw new ValueError('x');
    });
    export default flow('main', () => f());`;

  it('no attempt starts before its time, which it is told to wait for', async () => {
    const rig = await engineWith(source);
    const id = await rig.start();
    await rig.clock.advance(59_999);
    const waiting = await rig.taskRun(id, 'f-0');
    expect(waiting.state).toMatchObject({ type: 'SCHEDULED', name: 'AwaitingRetry' });
    expect(waiting.waits).toMatchObject([{ from: SOME_TIME, until: SOME_TIME + 60_000 }]);
    await rig.clock.advance(1);
    expect((await rig.taskRun(id, 'f-0')).attempts).toHaveLength(2);
  });

  it('nor when the engine was gone meanwhile', async () => {
    const rig = await engineWith(source);
    const id = await rig.start();
    await rig.clock.advance(30_000);
    await rig.restart();
    expect((await rig.taskRun(id, 'f-0')).state.name).toBe('AwaitingRetry');
    const [, second] = (await endOf(rig, id)).task('f-0').attempts;
    expect(second?.startedAt).toBe(SOME_TIME + 60_000);
  });

  it('a start that comes early changes nothing', () => {
    const run = taskIn('AwaitingRetry');
    const before = run.record;
    run.give({ kind: 'attempt started' });
    run.give({ kind: 'retry due' });
    expect(run.record).toBe(before);
  });
});

describe('C45 cancelling', () => {
  it('what has no worker is Cancelled at once', async () => {
    const rig = await engineWith(`
      const f = task({ name: 'f', retries: 1, retryDelaySeconds: 60 }, () => { throw new ValueError('x'); });
      export default flow('main', () => f());`);
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'not needed');
    const run = await endOf(rig, id);
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > AwaitingRetry > Cancelled');
    expect(statesOf(run.view)).toBe('Pending > Running > Cancelling > Cancelled');
  });

  it('a Suspended run, which has no worker, is Cancelled at once', async () => {
    const rig = await engineWith(`
      const f = task('f', () => 1);
      export default flow('main', async () => { await f(); await pause({ suspend: true }); });`);
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'not needed');
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Suspended > Cancelled');
    expect(view.state.message).toBe('not needed');
    expect(rig.clock.next).toBeUndefined();
  });

  it('Cancelling leads to Cancelled only', () => {
    for (const input of FLOW_INPUTS) {
      const run = flowIn('Cancelling');
      run.give(input, SOME_TIME + 10_000);
      expect(['CANCELLING', 'CANCELLED'], input.kind).toContain(run.record.state.type);
    }
  });
});
