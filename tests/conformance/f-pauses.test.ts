import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import { statesOf } from '#tests/support/engine-rig.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { endOf, engineWith } from './author-run.ts';
import { undisturbed } from './undisturbed.ts';
import { endedFlows, flowIn } from './machine-inputs.ts';

const ASKS = `
  const foo = task('foo', () => 1);
  export default flow('main', async () => {
    const answer = await pause({
      message: 'Promote it?',
      schema: { approved: boolean(), rounds: integer({ default: 3, max: 5 }), reason: text({ default: '' }) },
    });
    logger.info(JSON.stringify(answer));
    await foo();
  });`;

describe('C46 pause and resume', () => {
  it('a paused run waits, says for whom and until when, and goes on when it is resumed', async () => {
    const rig = await engineWith(ASKS);
    const id = await rig.start();
    await rig.clock.advance(3_599_000);
    const paused = await rig.view(id);
    expect(paused.state).toMatchObject({
      type: 'PAUSED',
      name: 'Paused',
      reason: { kind: 'paused', until: SOME_TIME + 3_600_000, message: 'Promote it?' },
    });
    expect(describeReason(paused.state.reason)).toBe(
      'it waits for a person, 3600 s at most: Promote it?',
    );
    expect(await rig.engine.resumeRun(id, { approved: true })).toEqual({ ok: true });
    const run = await endOf(rig, id);
    expect(statesOf(run.view)).toBe('Pending > Running > Paused > Running > Completed');
  });

  it('only a run that is Running can pause', () => {
    const paused = {
      kind: 'paused',
      call: 9,
      question: { timeoutSeconds: 1, suspend: false },
    } as const;
    const others = (['Paused', 'Cancelling'] as const).map((name) => [name, flowIn(name)] as const);
    for (const [name, run] of [...others, ...endedFlows()]) {
      const before = run.record;
      run.give(paused, SOME_TIME + 1);
      expect(run.record, name).toBe(before);
    }
    const running = flowIn('Running');
    running.give(paused, SOME_TIME + 1);
    expect(running.record.state.name).toBe('Paused');
  });

  it('the same key does not pause twice: five tasks finish with one resume', async () => {
    const rig = await engineWith(`
      const foo = task('foo', () => 1);
      export default flow('main', async () => {
        const x = foo.submit(), y = foo.submit();
        const first = await pause({ key: 'k', schema: { n: integer() } });
        await foo.waitFor(x)();
        await foo.waitFor(y)();
        const second = await pause({ key: 'k', schema: { n: integer() } });
        logger.info(first.n + ' ' + second.n);
        await foo.waitFor(x)();
      });`);
    const id = await rig.start();
    await rig.engine.resumeRun(id, { n: 7 });
    const run = await endOf(rig, id);
    expect(run.view.taskRuns.map(({ state }) => state.name)).toEqual(Array(5).fill('Completed'));
    expect(statesOf(run.view)).toBe('Pending > Running > Paused > Running > Completed');
    expect(run.flowMessages).toContain('7 7');
  });

  it('a run that nobody resumes in time throws FlowPauseTimeout into the body', async () => {
    const rig = await engineWith(`
      export default flow('main', async () => {
        await pause({ timeoutSeconds: 60 }).catch((error) => logger.info(error.name + ': ' + error.message));
      });`);
    const run = await endOf(rig, await rig.start());
    expect(run.flowMessages).toContain(
      'FlowPauseTimeout: The flow run was paused and never resumed',
    );
    expect(run.view.endedAt).toBe(SOME_TIME + 60_000);
    expect(run.view.state.name).toBe('Completed');
  });

  it('and fails when the body does not catch it; a resume that comes then is refused', async () => {
    const rig = await engineWith(`
      export default flow('main', () => pause({ timeoutSeconds: 60 }));`);
    const id = await rig.start();
    const run = await endOf(rig, id);
    expect(run.view.state).toMatchObject({ type: 'FAILED', name: 'Failed' });
    expect(run.view.state.message).toMatch(/never resumed$/);
    expect(await rig.engine.resumeRun(id, {})).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('not paused, it is Failed') }],
    });
    expect(await rig.view(id)).toEqual(run.view);
  });

  it('at the instant at which its time is over it cannot be resumed any more', async () => {
    const rig = await engineWith(`
      export default flow('main', () => pause({ timeoutSeconds: 60 }));`);
    const id = await rig.start();
    rig.kill();
    await rig.clock.advance(60_000);
    await rig.restart();
    expect((await endOf(rig, id)).view.state.message).toMatch(/never resumed$/);
    const late = flowIn('Paused');
    late.give({ kind: 'resumed', answer: {} }, SOME_TIME + 60_000);
    expect(late.record.state.name).toBe('Paused');
  });

  it('a task that would start meanwhile is Paused and NotReady, and goes on afterwards', async ({
    task,
  }) => {
    undisturbed('what is under way goes on to its end, for which its engine must live', task);
    const rig = await engineWith(`
      const slow = task('slow', async () => { await work(10); });
      const queued = task('queued', () => 1);
      const retried = task({ name: 'retried', retries: 1, retryDelaySeconds: 5 }, () => {
        if (context.task.attempt === 1) throw new ValueError('x');
      });
      export default flow('main', async () => {
        const before = [retried.submit(), slow.submit(), slow.submit(), queued.submit()];
        await sleep(1);
        await pause();
        for (const one of before) await one;
      });`);
    const id = await rig.start();
    await rig.clock.advance(60_000);
    const paused = await rig.view(id);
    const taskRun = (name: string) => paused.taskRuns.find((one) => one.name === name);
    for (const name of ['retried-0', 'queued-0']) {
      expect(taskRun(name)?.state).toMatchObject({ type: 'PAUSED', name: 'NotReady' });
      expect(taskRun(name)?.state.reason).toEqual({ kind: 'flow paused' });
      expect(taskRun(name)?.endedAt).toBeUndefined();
    }
    // What was under way went on to its end.
    for (const name of ['slow-0', 'slow-1']) expect(taskRun(name)?.state.name).toBe('Completed');
    await rig.engine.resumeRun(id, {});
    const run = await endOf(rig, id);
    expect(statesOf(run.task('queued-0'))).toBe(
      'Pending > NotReady > Pending > Running > Completed',
    );
    expect(statesOf(run.task('retried-0'))).toBe(
      'Pending > Running > AwaitingRetry > NotReady > Retrying > Completed',
    );
    expect(run.view.state.name).toBe('Completed');
  });

  it('the input of a resume is checked, coerced, filled with defaults, and returned by the pause', async () => {
    const rig = await engineWith(ASKS);
    const id = await rig.start();
    const problemsOf = async (input: Record<string, unknown>) => {
      const resumed = await rig.engine.resumeRun(id, input);
      return resumed.ok ? [] : resumed.problems.map(({ field, message }) => [field, message]);
    };
    expect(await problemsOf({})).toEqual([
      ['approved', 'approved: a value is needed. Give one and press Resume again.'],
    ]);
    expect(await problemsOf({ approved: 'maybe', rounds: 9, other: 1 })).toEqual([
      ['other', 'other: nobody asked for it. Change it and press Resume again.'],
      ['approved', 'approved: "maybe" is not true or false. Change it and press Resume again.'],
      ['rounds', 'rounds: 9 is above 5. Change it and press Resume again.'],
    ]);
    expect((await rig.view(id)).state.name).toBe('Paused');
    expect(await problemsOf({ approved: 'true', rounds: '4' })).toEqual([]);
    const run = await endOf(rig, id);
    expect(run.flowMessages).toContain('{"approved":true,"rounds":4,"reason":""}');
    expect(run.view.states[3]?.reason).toEqual({
      kind: 'resumed',
      answer: { approved: true, rounds: 4, reason: '' },
    });
  });
});
