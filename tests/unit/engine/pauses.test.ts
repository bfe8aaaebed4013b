import { describe, expect, it } from 'vitest';
import { rigFor, scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { sourceText } from '#tests/support/sample-sources.ts';
import type { ScriptedFlow } from '#tests/support/scripted-workers.ts';

const SUSPENDS_BESIDE_A_TASK: ScriptedFlow = {
  tasks: { side: {} },
  async body(flow) {
    const side = flow.call('side');
    await flow.sleep(1);
    await flow.pause({ suspend: true });
    return side;
  },
};

const NUMBER = { n: { kind: 'integer' } } as const;

/** Asks for a number, then gives it to a task that the test ends. */
const asking: ScriptedFlow = {
  tasks: { use: {} },
  async body(flow) {
    const answer = await flow.pause({ schema: NUMBER, timeoutSeconds: 60 });
    return flow.call('use', answer?.['n']);
  },
};

describe('a run that is paused when the engine stops', () => {
  it('stays paused with the rest of its time, and uses no recovery', async () => {
    const { rig, script } = await scriptedRig(asking);
    const id = await rig.start();
    const before = await rig.view(id);
    await rig.clock.advance(40_000);
    for (let kills = 0; kills < 5; kills++) await rig.restart();
    expect(await rig.view(id)).toEqual(before);
    expect(rig.workers.alive.size).toBe(0);
    expect(rig.clock.next).toBe(SOME_TIME + 60_000);
    await rig.engine.resumeRun(id, { n: 3 });
    await rig.clock.settle();
    const use = script.attempt('use-0', 1);
    expect(use.arguments).toEqual([3]);
    use.returns(1);
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Paused > Running > Completed');
    expect((await rig.store.get('flowRuns', id))?.recoveriesUsed).toBe(0);
  });

  it('fails when its time is over by then', async () => {
    const { rig } = await scriptedRig(asking);
    const id = await rig.start();
    rig.kill();
    await rig.clock.advance(60_001);
    await rig.restart();
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Paused > Running > Failed');
    expect(view.state.message).toMatch(/FlowPauseTimeout: .* never resumed$/);
  });

  it('holds the attempts that were lost until it is resumed, and starts them again then', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { side: {} },
      async body(flow) {
        const side = flow.call('side');
        await flow.sleep(1);
        await flow.pause();
        return side;
      },
    });
    const id = await rig.start();
    await rig.clock.advance(1000);
    await rig.restart();
    expect(statesOf(await rig.taskRun(id, 'side-0'))).toBe(
      'Pending > Running > Recovering > NotReady',
    );
    await rig.engine.resumeRun(id, {});
    await rig.clock.settle();
    script.attempt('side-0', 2).returns(1);
    const side = taskRunIn(await rig.finish(id), 'side-0');
    expect(statesOf(side)).toBe(
      'Pending > Running > Recovering > NotReady > Recovering > Completed',
    );
  });

  it('is cancelled at once, and the task runs that it held with it', async () => {
    const { rig } = await scriptedRig({
      tasks: { side: {} },
      async body(flow) {
        const side = flow.call('side');
        await flow.pause();
        return side;
      },
    });
    const id = await rig.start();
    await rig.restart();
    await rig.engine.cancelRun(id, 'not needed');
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Paused > Cancelled');
    expect(taskRunIn(view, 'side-0').state.name).toBe('Cancelled');
    expect(await rig.store.activeFlowRuns()).toEqual([]);
    await rig.clock.settle();
    expect((await rig.view(id)).lastSeq).toBe(view.lastSeq);
  });

  it('waits on when only the worker of its body dies', async () => {
    const { rig, script } = await scriptedRig(asking);
    const id = await rig.start();
    for (const worker of rig.workers.alive) worker.terminate('worker unresponsive');
    await rig.clock.settle();
    expect((await rig.view(id)).state.name).toBe('Paused');
    expect(script.bodies).toBe(1);
    await rig.engine.resumeRun(id, { n: 3 });
    await rig.clock.settle();
    expect(script.bodies).toBe(2);
    script.attempt('use-0', 1).returns(1);
    expect((await rig.finish(id)).state.name).toBe('Completed');
    expect((await rig.store.get('flowRuns', id))?.recoveriesUsed).toBe(0);
  });

  it('answers a replayed body from its journal, which must ask the same', async () => {
    let n = 3;
    const { rig } = await scriptedRig({
      tasks: { use: {} },
      async body(flow) {
        await flow.pause({ message: `Is it ${n}?` });
        return flow.call('use');
      },
    });
    const id = await rig.start();
    await rig.engine.resumeRun(id, {});
    await rig.clock.settle();
    n = 4;
    await rig.restart();
    const view = await rig.finish(id);
    expect(view.failure?.kind).toBe('non-determinism');
    expect(view.state.message).toContain('recorded pause() (call 0');
  });
});

describe('a resume', () => {
  it('is one, however often it is asked for, when it says which pause it means', async () => {
    const { rig, script } = await scriptedRig(asking);
    const id = await rig.start();
    const answers = [rig.engine.resumeRun(id, { n: 3 }, 1), rig.engine.resumeRun(id, { n: 4 }, 1)];
    expect(await Promise.all(answers)).toEqual([{ ok: true }, { ok: true }]);
    await rig.clock.settle();
    expect(script.attempt('use-0', 1).arguments).toEqual([3]);
    script.attempt('use-0', 1).returns(1);
    await rig.finish(id);
    expect(await rig.engine.resumeRun(id, { n: 5 }, 1)).toEqual({ ok: true });
  });

  it('never answers the next question by mistake', async () => {
    const { rig } = await scriptedRig({
      tasks: {},
      async body(flow) {
        await flow.pause({ message: 'first' });
        await flow.pause({ message: 'second' });
      },
    });
    const id = await rig.start();
    await rig.engine.resumeRun(id, {}, 1);
    await rig.clock.settle();
    expect(await rig.engine.resumeRun(id, {}, 1)).toEqual({ ok: true });
    expect((await rig.view(id)).pause).toMatchObject({ number: 2, message: 'second' });
    expect(await rig.engine.resumeRun(id, {}, 3)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('another question') }],
    });
  });

  it('is refused with what it is when the run is not paused, or is not there', async () => {
    const { rig } = await scriptedRig({ tasks: { open: {} }, body: (flow) => flow.call('open') });
    const id = await rig.start();
    const said = async (run: typeof id) => {
      const resumed = await rig.engine.resumeRun(run, {});
      return resumed.ok ? 'resumed' : resumed.problems.map(({ message }) => message).join();
    };
    expect(await said(id)).toBe(
      'The run is not paused, it is Running: there is nothing to resume.',
    );
    expect(await said('fr_nothing' as typeof id)).toContain('no such run');
  });

  it('asks one question after the other when a body asks several at once', async () => {
    const { rig } = await scriptedRig({
      tasks: {},
      body: (flow) =>
        Promise.all([
          flow.pause({ key: 'a', schema: NUMBER }),
          flow.pause({ key: 'b', schema: NUMBER }),
          flow.pause({ key: 'a', schema: NUMBER }),
        ]).then((answers) => flow.log(JSON.stringify(answers))),
    });
    const id = await rig.start();
    for (const n of [1, 2]) {
      expect((await rig.view(id)).pause?.number).toBe(n);
      await rig.engine.resumeRun(id, { n });
      await rig.clock.settle();
    }
    await rig.finish(id);
    expect((await rig.said(id)).join('\n')).toContain('[{"n":1},{"n":2},{"n":1}]');
  });
});

describe('a suspended run', () => {
  const suspending = sourceText(`
    const before = task('before', () => 'kept');
    const after = task('after', (word, n) => word + n);
    export default flow('main', async () => {
      logger.info('entered');
      const word = await before();
      const { n } = await pause({ suspend: true, schema: { n: number() } });
      return after(word, n);
    });`);

  it('has no worker, and enters its body again from the journal when it is resumed', async () => {
    const rig = await rigFor(suspending);
    const id = await rig.start();
    expect((await rig.view(id)).state).toMatchObject({ type: 'PAUSED', name: 'Suspended' });
    expect(rig.workers.alive.size).toBe(0);
    await rig.engine.resumeRun(id, { n: 2 });
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Suspended > Running > Completed');
    expect(taskRunIn(view, 'before-0').attempts).toHaveLength(1);
    expect(taskRunIn(view, 'after-0').result?.label).toBe('"kept2"');
    const said = await rig.said(id);
    expect(said.filter((line) => line.endsWith('entered'))).toHaveLength(1);
    expect(said.join('\n')).not.toContain('recovery');
  });

  it('goes on after a reload as well', async () => {
    const rig = await rigFor(suspending);
    const id = await rig.start();
    await rig.restart();
    await rig.engine.resumeRun(id, { n: 2 });
    expect((await rig.finish(id)).state.name).toBe('Completed');
  });

  it('lets attempts that are on go on to their end, and ends their workers then', async () => {
    const { rig, script } = await scriptedRig(SUSPENDS_BESIDE_A_TASK);
    const id = await rig.start();
    await rig.clock.advance(1000);
    expect((await rig.view(id)).state.name).toBe('Suspended');
    expect(rig.workers.alive.size).toBe(1);
    script.attempt('side-0', 1).returns('done');
    await rig.clock.settle();
    expect((await rig.taskRun(id, 'side-0')).state.name).toBe('Completed');
    expect(rig.workers.alive.size).toBe(0);
    await rig.engine.resumeRun(id, {});
    expect((await rig.finish(id)).state.name).toBe('Completed');
    expect(script.attempts).toHaveLength(1);
  });

  it('that is cancelled while an attempt is on ends that first', async () => {
    const { rig } = await scriptedRig(SUSPENDS_BESIDE_A_TASK);
    const id = await rig.start();
    await rig.clock.advance(1000);
    await rig.engine.cancelRun(id, 'not needed');
    await rig.clock.settle();
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Pending > Running > Suspended > Cancelling > Cancelled');
    expect(taskRunIn(view, 'side-0').state.name).toBe('Cancelled');
    expect(rig.workers.alive.size).toBe(0);
  });
});

describe('a paused run', () => {
  it('is cancelled at once, and its worker ended', async () => {
    const { rig } = await scriptedRig(asking);
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'not needed');
    await rig.clock.settle();
    expect(statesOf(await rig.view(id))).toBe(
      'Pending > Running > Paused > Cancelling > Cancelled',
    );
    expect(rig.workers.alive.size).toBe(0);
    expect(rig.clock.next).toBeUndefined();
    expect(await rig.engine.resumeRun(id, { n: 1 })).toMatchObject({ ok: false });
  });

  it('ends with its body when that does not wait for the answer', async () => {
    const { rig } = await scriptedRig({
      tasks: {},
      body: (flow) => Promise.race([flow.pause(), flow.sleep(5)]),
    });
    const view = await rig.finish(await rig.start());
    expect(statesOf(view)).toBe('Pending > Running > Paused > Completed');
    expect(view.pause).toBeUndefined();
    expect(rig.clock.next).toBeUndefined();
  });

  it('is not timed out by its flow: that counts the time in which it went on', async () => {
    const { rig } = await scriptedRig({
      tasks: {},
      options: { timeoutSeconds: 10 },
      async body(flow) {
        await flow.sleep(4);
        await flow.pause();
        await flow.sleep(60);
      },
    });
    const id = await rig.start();
    await rig.clock.advance(1_000_000);
    expect((await rig.view(id)).state.name).toBe('Paused');
    await rig.engine.resumeRun(id, {});
    const view = await rig.finish(id);
    expect(view.state).toMatchObject({
      name: 'TimedOut',
      message: 'Flow run exceeded timeout of 10 second(s)',
    });
    expect(view.endedAt).toBe(SOME_TIME + 1_006_000);
  });

  it('asks again in a flow retry, but for what has a key and was answered', async () => {
    const rig = await rigFor(
      sourceText(`
        export default flow({ name: 'main', retries: 1 }, async () => {
          const { n } = await pause({ key: 'k', schema: { n: number() } });
          const { m } = await pause({ schema: { m: number() } });
          logger.info('answers ' + n + ' ' + m);
          if (m === 1) throw new Error('again');
        });`),
    );
    const id = await rig.start();
    for (const answer of [{ n: 5 }, { m: 1 }, { m: 2 }]) {
      expect(await rig.engine.resumeRun(id, answer)).toEqual({ ok: true });
      await rig.clock.advance(0);
    }
    const view = await rig.finish(id);
    expect(view.state.name).toBe('Completed');
    const said = (await rig.said(id)).join('\n');
    expect(said).toContain('answers 5 1');
    expect(said).toContain('answers 5 2');
    expect(said).toContain("Pause 'k' was answered before");
  });
});
