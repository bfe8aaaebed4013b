import { describe, expect, it } from 'vitest';
import { runStream } from '#domain/ids.ts';
import { isTerminal } from '#domain/states.ts';
import { StorageFull } from '#domain/store.ts';
import { type EngineRig, scriptedRig, taskRunIn } from '#tests/support/engine-rig.ts';
import {
  essenceOf,
  everything,
  expectSoundStore,
  interruptedRun,
} from '#tests/support/interrupted-run.ts';

describe('when the browser gives no more room', () => {
  const NO_ROOM = 'The browser gave no more room.';
  /** Refuses the commits whose numbers, counted from 0 from now on, are chosen. */
  const refuse = (rig: EngineRig, chosen: (number: number) => boolean) => {
    let number = 0;
    rig.life.beforeCommit = () => {
      if (chosen(number++)) throw new StorageFull(NO_ROOM);
    };
  };
  const untilOver = (rig: EngineRig) =>
    rig.clock.until(async () => {
      if (rig.feed.stopped.length > 0) return true;
      const [run] = await rig.store.newestFlowRuns(1);
      return run?.active === 0;
    }, 'the end or the stop');

  it('a run is refused before it exists, with what to do', async () => {
    const { rig } = await scriptedRig(everything());
    refuse(rig, () => true);
    expect(await rig.ask()).toEqual({
      ok: false,
      problems: [
        {
          message: `${NO_ROOM} Delete old runs on the Runs page, or free some space on this device, and reload the page.`,
        },
      ],
    });
    expect(await rig.store.newestFlowRuns(1)).toEqual([]);
    expect(rig.workers.alive.size).toBe(0);
    expect(rig.feed.lines).toEqual([]);
    expect(rig.feed.stopped).toEqual([]);
  });

  it('a run that is on stops with the reason, and nothing of it is half written', async () => {
    const { commits } = await interruptedRun([]);
    const essence = await essenceOf(await interruptedRun([]));
    for (const forGood of [true, false])
      for (let last = 1; last < commits; last++) {
        const { rig } = await scriptedRig(everything());
        refuse(rig, (number) => (forGood ? number >= last : number === last));
        const id = await rig.start();
        await untilOver(rig);
        const view = await rig.view(id);
        const events = await rig.store.events(runStream(id));
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
        for (const one of view.taskRuns)
          expect((await rig.taskRunRecord(one.id))?.state).toMatchObject({ name: one.state.name });
        if (isTerminal(view.state)) {
          expect(forGood).toBe(false);
          if (view.state.name !== 'Completed') expect(view.failure?.kind).toBe('storage-full');
          continue;
        }
        expect(rig.feed.stopped).toEqual([expect.stringContaining(NO_ROOM)]);
        expect(rig.workers.alive.size).toBe(0);
        await rig.restart();
        const finished = { rig, view: await rig.finish(id), commits: 0 };
        const { bodyLines: _, ...rest } = await essenceOf(finished);
        expect(essence).toMatchObject(rest);
        await expectSoundStore(finished);
      }
  }, 60_000);

  it('an author who catches everything cannot go on with what was not kept', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      async body(flow) {
        for (;;) await flow.call('extract').catch(() => undefined);
      },
      attempt: (attempt) => script.attempts.length < 50 && attempt.returns(1),
    });
    refuse(rig, (number) => number > 4);
    await rig.start();
    await untilOver(rig);
    expect(rig.feed.stopped).toHaveLength(1);
    expect(script.attempts.length).toBeLessThan(5);
  });

  it('a value that does not fit fails its task by that name, and the run ends in order', async () => {
    const { rig } = await scriptedRig({
      tasks: { extract: {} },
      body: (flow) => flow.call('extract'),
      attempt: (attempt) =>
        void attempt
          .ask({ method: 'putValue', bytes: new ArrayBuffer(1) })
          .then((reply) => !reply.ok && attempt.fails(reply.failure)),
    });
    rig.life.beforeCommit = (writes) => {
      if (writes.some(({ store }) => store === 'values')) throw new StorageFull(NO_ROOM);
    };
    const view = await rig.run();
    expect(taskRunIn(view, 'extract-0').state.message).toBe(
      `The browser's storage is full: ${NO_ROOM}`,
    );
    expect(view.state.name).toBe('Failed');
    expect(rig.feed.stopped).toEqual([]);
  });

  it('says for a closed store what that says', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      body: (flow) => flow.call('extract'),
    });
    await rig.start();
    rig.store.close();
    script.attempt('extract-0', 1).returns(1);
    await rig.clock.settle();
    expect(rig.feed.stopped).toEqual(['The store was closed.']);
    expect(rig.workers.alive.size).toBe(0);
  });
});
