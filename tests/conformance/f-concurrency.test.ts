import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { statesOf, type EngineRig } from '#tests/support/engine-rig.ts';
import { NIGHTLY, runs, setSchedule, ticks } from '#tests/support/scheduled-rig.ts';
import { undisturbedEvents } from '#tests/support/undisturbed.ts';
import { watchedStore } from '#tests/support/watched-store.ts';
import { endOf, engineWith } from './author-run.ts';

/** An engine with a limit on the tag. */
async function limitedTo(limit: number, text: string): Promise<LimitedRig> {
  const { store, events } = watchedStore(createMemoryStore());
  const rig = await engineWith(text, { store });
  expect(await rig.engine.setLimit('tag:t', limit)).toEqual({ ok: true });
  return Object.assign(rig, { mostRunning: () => mostRunning(events) });
}
type LimitedRig = EngineRig & { readonly mostRunning: () => number };

/** How many task runs were Running at once, at most, by what became durable, in that order. */
function mostRunning(events: readonly NightshiftEvent[]): number {
  const running = new Set<string>();
  let most = 0;
  for (const { body } of undisturbedEvents(events)) {
    if (body.kind !== 'task-run.state') continue;
    if (body.state.type === 'RUNNING') running.add(body.taskRunId);
    else running.delete(body.taskRunId);
    most = Math.max(most, running.size);
  }
  return most;
}

describe('C48 tag concurrency', () => {
  const work = (seconds: number) => `
    const f = task({ name: 'f', tags: ['t'] }, () => work(${seconds}));
    export default flow('main', () => f());`;

  it('the second run waits before Running, and says for what', async () => {
    const rig = await limitedTo(1, work(10));
    const [first, second] = [await rig.start(), await rig.start()];
    const waiting = await rig.taskRun(second, 'f-0');
    expect(waiting).toMatchObject({
      state: { type: 'PENDING', name: 'AwaitingConcurrencySlot' },
      attempts: [],
    });
    const { name } = (await rig.view(first)).created;
    expect(describeReason(waiting.state.reason)).toBe(
      `waits for tag t, 1 of 1 slots held by f-0 of run ${name}`,
    );
    const run = await endOf(rig, second);
    expect(statesOf(run.task('f-0'))).toBe(
      'Pending > AwaitingConcurrencySlot > Running > Completed',
    );
    expect(run.task('f-0').attempts[0]?.startedAt).toBe(SOME_TIME + 10_000);
    expect(run.taskMessages('f-0')[0]).toBe(
      `Waits for tag t, 1 of 1 slots held by f-0 of run ${name}`,
    );
    expect(statesOf((await endOf(rig, first)).task('f-0'))).toBe('Pending > Running > Completed');
    expect(rig.mostRunning()).toBe(1);
  });

  it('a slot that is free is taken without a word', async () => {
    const rig = await limitedTo(1, work(1));
    const run = await endOf(rig, await rig.start());
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Completed');
  });

  it('a slot is taken before Running, in order of asking', async () => {
    const rig = await limitedTo(
      1,
      `const f = task({ name: 'f', tags: ['t'] }, () => work(1));
       export default flow('main', async () => { await Promise.all(f.map([1, 2, 3, 4])); });`,
    );
    const run = await endOf(rig, await rig.start());
    const starts = [0, 1, 2, 3].map((i) => run.task(`f-${i}`).attempts[0]?.startedAt);
    expect(starts).toEqual([0, 1, 2, 3].map((seconds) => SOME_TIME + seconds * 1000));
    expect(rig.mostRunning()).toBe(1);
  });

  it.each([
    ['success', `() => work(5)`, {}, 5],
    ['an exception', `async () => { await work(5); throw new ValueError('x'); }`, {}, 5],
    ['a timeout', `() => work(60)`, { timeoutSeconds: 5 }, 5],
    [
      'a wait for a retry',
      `async () => { throw new ValueError('x'); }`,
      { retries: 1, retryDelaySeconds: 60 },
      0,
    ],
  ])('is released on an exit from Running: %s', async (_how, body, options, seconds) => {
    const rig = await limitedTo(
      1,
      `const f = task({ name: 'f', tags: ['t'], ...${JSON.stringify(options)} }, ${body});
       const g = task({ name: 'g', tags: ['t'] }, () => 1);
       export default flow('main', async () => {
         const first = f.submit();
         const second = g.submit();
         await second;
         await first.wait();
       });`,
    );
    const run = await endOf(rig, await rig.start());
    expect(run.task('g-0').attempts[0]?.startedAt).toBe(SOME_TIME + seconds * 1000);
    expect((await rig.engine.limits())[0]).toMatchObject({ held: 0, waiting: 0 });
  });

  it('is released when the run is cancelled, and a run that waits is cancelled too', async () => {
    const rig = await limitedTo(1, work(3600));
    const ids = [await rig.start(), await rig.start(), await rig.start()];
    await rig.engine.cancelRun(ids[1]!, 'not needed');
    await rig.engine.cancelRun(ids[0]!, 'not needed');
    await rig.clock.settle();
    const taskRuns = await Promise.all(ids.map((id) => rig.taskRun(id, 'f-0')));
    expect(taskRuns.map(statesOf)).toEqual([
      'Pending > Running > Cancelled',
      'Pending > AwaitingConcurrencySlot > Cancelled',
      'Pending > AwaitingConcurrencySlot > Running',
    ]);
  });

  it('a retry takes its slot anew, and waits for it before it runs', async () => {
    const rig = await limitedTo(
      1,
      `const f = task({ name: 'f', tags: ['t'], retries: 1, retryDelaySeconds: 5 }, () => {
         if (context.task.attempt === 1) throw new ValueError('x');
       });
       const g = task({ name: 'g', tags: ['t'] }, () => work(60));
       export default flow('main', async () => {
         const first = f.submit();
         await g();
         await first;
       });`,
    );
    const run = await endOf(rig, await rig.start());
    expect(statesOf(run.task('f-0'))).toBe(
      'Pending > Running > AwaitingRetry > AwaitingConcurrencySlot > Retrying > Completed',
    );
    expect(run.task('f-0').states.map(({ type }) => type)[3]).toBe('SCHEDULED');
    expect(run.task('f-0').attempts[1]?.startedAt).toBe(run.task('g-0').endedAt);
    expect(rig.mostRunning()).toBe(1);
  });

  it('who had a slot when the engine was lost has it still, whoever asks before him', async () => {
    const rig = await limitedTo(
      1,
      `const first = task({ name: 'first', tags: ['t'] }, () => 1);
       const later = task({ name: 'later', tags: ['t'] }, () => work(60));
       export default flow('main', async () => {
         const waits = sleep(5).then(() => first());
         await later();
         await waits;
       });`,
    );
    const id = await rig.start();
    await rig.clock.advance(10_000);
    await rig.restart();
    expect((await rig.taskRun(id, 'first-0')).state.name).toBe('AwaitingConcurrencySlot');
    const run = await endOf(rig, id);
    expect(statesOf(run.task('first-0'))).toBe(
      'Pending > AwaitingConcurrencySlot > Running > Completed',
    );
    expect(run.task('first-0').attempts[0]?.startedAt).toBe(run.task('later-0').endedAt);
  });

  it('a limit of 0 aborts: the task run never runs, and says why', async () => {
    const rig = await limitedTo(0, work(1));
    const run = await endOf(rig, await rig.start());
    expect(statesOf(run.task('f-0'))).toBe('Pending > Cancelled');
    expect(run.task('f-0').attempts).toEqual([]);
    expect(run.task('f-0').state.message).toBe(
      'The concurrency limit on tag "t" is 0: the task run would wait for ever. Raise or remove the limit, then run the flow again.',
    );
    expect(statesOf(run.view)).toBe('Pending > Running > Failed');
  });
});

describe('C47 deployment concurrency', () => {
  const MINUTE = 60_000;
  const work = (seconds: number) => `export default flow('main', () => sleep(${seconds}));`;

  /** Due each minute, with a run that takes the seconds given. */
  async function limitedDeployment(
    seconds: number,
    concurrency: Parameters<EngineRig['engine']['setConcurrency']>[1],
  ): Promise<EngineRig> {
    const rig = await engineWith(work(seconds));
    expect(await rig.engine.setConcurrency(NIGHTLY, concurrency)).toEqual({ ok: true });
    await setSchedule(rig, '* * * * *');
    return rig;
  }
  /** Oldest first. */
  const views = async (rig: EngineRig) =>
    Promise.all([...(await runs(rig))].reverse().map(({ id }) => rig.view(id)));

  it('ENQUEUE: one more run waits, Scheduled, and asks again 30 s later', async () => {
    const rig = await limitedDeployment(75, { limit: 1, strategy: 'ENQUEUE' });
    await rig.clock.advance(2 * MINUTE);
    const [first, second] = await views(rig);
    expect(first?.state.name).toBe('Running');
    expect(second?.state).toMatchObject({ type: 'SCHEDULED', name: 'AwaitingConcurrencySlot' });
    const dueAgain = SOME_TIME + 2 * MINUTE + 30_000;
    expect((await runs(rig))[0]).toMatchObject({ startsAt: dueAgain, active: 1 });
    await setSchedule(rig, '* * * * *', true);
    const run = await endOf(rig, second!.created.flowRunId);
    expect(statesOf(run.view)).toBe(
      'Scheduled > AwaitingConcurrencySlot > Pending > Running > Completed',
    );
    expect(run.view.startedAt).toBe(dueAgain);
    expect(run.flowMessages[0]).toBe(
      `Waits for deployment ${NIGHTLY}, 1 of 1 slots held by run ${first?.created.name}; it asks again after 30 s`,
    );
  });

  it('ENQUEUE is what happens by default: it waits as often as it must', async () => {
    const rig = await limitedDeployment(100, { limit: 1 });
    await rig.clock.advance(2 * MINUTE);
    await setSchedule(rig, '* * * * *', true);
    const second = (await views(rig))[1]!;
    const { view } = await endOf(rig, second.created.flowRunId);
    expect(statesOf(view)).toBe(
      'Scheduled > AwaitingConcurrencySlot > AwaitingConcurrencySlot > Pending > Running > Completed',
    );
    expect(view.startedAt).toBe(SOME_TIME + 3 * MINUTE);
  });

  it('CANCEL_NEW: one more run is cancelled, and its tick says so', async () => {
    const rig = await limitedDeployment(75, { limit: 1, strategy: 'CANCEL_NEW' });
    await rig.clock.advance(2 * MINUTE);
    const [, second] = await views(rig);
    expect(statesOf(second!)).toBe('Scheduled > Cancelled');
    expect(second?.state).toMatchObject({
      type: 'CANCELLED',
      message: 'Deployment concurrency limit reached.',
    });
    expect((await ticks(rig))[1]).toMatchObject({
      verdict: 'skipped',
      reason: 'Deployment concurrency limit reached.',
      flowRunId: second?.created.flowRunId,
    });
    await rig.clock.advance(MINUTE);
    expect((await views(rig))[2]?.state.name).toBe('Running');
  });

  it('CANCEL_NEW also when it would go Late', async () => {
    const rig = await limitedDeployment(3600, { limit: 1, strategy: 'CANCEL_NEW' });
    await rig.clock.advance(MINUTE);
    await setSchedule(rig, '* * * * *', true);
    const trigger = { kind: 'schedule', deployment: NIGHTLY, dueAt: SOME_TIME } as const;
    const id = await rig.start({ trigger, scheduledFor: SOME_TIME + 2 * MINUTE });
    rig.kill();
    await rig.clock.advance(2 * MINUTE);
    await rig.restart();
    await rig.clock.advance(0);
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Scheduled > Cancelled');
    expect(view.state.message).toBe('Deployment concurrency limit reached.');
  });

  it('a limit of 0 aborts: no run starts, and the tick says why', async () => {
    const rig = await limitedDeployment(1, { limit: 0, strategy: 'ENQUEUE' });
    await rig.clock.advance(MINUTE);
    expect(await runs(rig)).toEqual([]);
    expect(await ticks(rig)).toMatchObject([
      {
        verdict: 'skipped',
        reason:
          'The concurrency limit of the deployment is 0: no run of it may start. Raise or remove the limit.',
      },
    ]);
    expect(rig.workers.alive.size).toBe(0);
  });

  it('as many runs as the limit says are under way, and no more', async () => {
    const rig = await limitedDeployment(600, { limit: 3, strategy: 'CANCEL_NEW' });
    await rig.clock.advance(5 * MINUTE);
    expect((await views(rig)).map(({ state }) => state.name)).toEqual([
      'Running',
      'Running',
      'Running',
      'Cancelled',
      'Cancelled',
    ]);
  });

  it('without a limit they all run', async () => {
    const rig = await limitedDeployment(600, { limit: 1, strategy: 'CANCEL_NEW' });
    await rig.engine.setConcurrency(NIGHTLY, undefined);
    await rig.clock.advance(3 * MINUTE);
    expect((await views(rig)).map(({ state }) => state.name)).toEqual(
      Array<string>(3).fill('Running'),
    );
  });
});
