import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import { flowRun, SOME_TIME } from '#tests/support/builders.ts';
import { statesOf, type EngineRig } from '#tests/support/engine-rig.ts';
import { pending, running, scheduled } from '#domain/states.ts';
import { transitionFlow } from '#engine/flow-machine.ts';
import { endOf, engineWith } from './author-run.ts';
import { FLOW_INPUTS } from './machine-inputs.ts';

const MINUTE = 60_000;
const DUE = SOME_TIME + 10 * MINUTE;
const source = `export default flow('main', () => 1);`;

/** A run that is to start ten minutes from now. */
async function scheduledRun(text = source) {
  const rig = await engineWith(text);
  return { rig, id: await rig.start({ scheduledFor: DUE }) };
}
type Id = Awaited<ReturnType<typeof scheduledRun>>['id'];
const record = (rig: EngineRig, id: Id) => rig.store.get('flowRuns', id);

describe('C44 waiting and lateness', () => {
  it('a Scheduled run waits for its time, and starts then', async () => {
    const { rig, id } = await scheduledRun();
    expect((await rig.view(id)).state).toMatchObject({ type: 'SCHEDULED', name: 'Scheduled' });
    expect(rig.workers.alive.size).toBe(0);
    await rig.clock.advance(10 * MINUTE - 1);
    expect(statesOf(await rig.view(id))).toBe('Scheduled');
    await rig.clock.advance(1);
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Scheduled > Pending > Running > Completed');
    expect(view.startedAt).toBe(DUE);
  });

  it.each(FLOW_INPUTS.map((input) => [input.kind, input] as const))(
    'before its time nothing makes it Pending or Running: %s',
    (_kind, input) => {
      const before = flowRun({ state: scheduled(), scheduledFor: DUE, startsAt: DUE });
      const { record } = transitionFlow(before, input, DUE - 1);
      expect(['SCHEDULED', 'CANCELLED', 'FAILED']).toContain(record.state.type);
    },
  );

  it('goes on waiting when the engine is started again, and uses no recovery', async () => {
    const { rig, id } = await scheduledRun();
    for (let kills = 0; kills < 5; kills++) {
      await rig.clock.advance(MINUTE);
      await rig.restart();
    }
    expect(statesOf(await rig.view(id))).toBe('Scheduled');
    expect(await record(rig, id)).toMatchObject({ recoveriesUsed: 0 });
    const { view } = await endOf(rig, id);
    expect(statesOf(view)).toBe('Scheduled > Pending > Running > Completed');
    expect(view.startedAt).toBe(DUE);
  });

  it('becomes Late when nobody was there at its time, with its time unchanged', async () => {
    const { rig, id } = await scheduledRun();
    rig.kill();
    await rig.clock.advance(10 * MINUTE + 15_001);
    const seen: unknown[] = [];
    await rig.restart((life) => {
      life.beforeCommit = (writes) => {
        for (const write of writes)
          if (write.store === 'flowRuns' && write.op === 'put') seen.push(write.record);
      };
    });
    await rig.clock.advance(0);
    expect(seen).toContainEqual(
      expect.objectContaining({
        state: { type: 'SCHEDULED', name: 'Late' },
        scheduledFor: DUE,
        startsAt: DUE,
      }),
    );
    const { view, flowMessages } = await endOf(rig, id);
    expect(statesOf(view)).toBe('Scheduled > Late > Pending > Running > Completed');
    expect(describeReason(view.states[1]!.reason)).toBe('it should have begun 15 s ago');
    expect(flowMessages[0]).toBe('It should have begun 15 s ago');
  });

  it('is not Late 15 s after its time', async () => {
    const { rig, id } = await scheduledRun();
    await rig.clock.sleep(10 * MINUTE + 15_000);
    expect(statesOf(await rig.view(id))).toBe('Scheduled > Pending > Running > Completed');
  });

  it('a run that is Late becomes Late no second time', () => {
    const before = flowRun({ state: scheduled(), scheduledFor: DUE, startsAt: DUE });
    const late = transitionFlow(before, { kind: 'late' }, DUE + 20_000).record;
    expect(late.state.name).toBe('Late');
    expect(transitionFlow(late, { kind: 'late' }, DUE + 60_000)).toEqual({
      record: late,
      events: [],
    });
  });

  it.each([pending(), running()])('a run that is $name never becomes Late', (state) => {
    const before = flowRun({ state, scheduledFor: DUE });
    expect(transitionFlow(before, { kind: 'late' }, DUE + MINUTE).events).toEqual([]);
  });

  it('author code reads for when it was scheduled', async () => {
    const { rig, id } = await scheduledRun(`
      const f = task('f', () => context.scheduledFor);
      export default flow('main', async () => { logger.info([context.scheduledFor, await f()]); });`);
    expect((await endOf(rig, id)).flowMessages).toContain(`${DUE},${DUE}`);
  });
});

describe('C45 cancelling', () => {
  it('a Scheduled run is Cancelled at once', async () => {
    const { rig, id } = await scheduledRun();
    expect(await rig.engine.cancelRun(id, 'not needed')).toBe(true);
    const view = await rig.view(id);
    expect(statesOf(view)).toBe('Scheduled > Cancelled');
    expect(view.state.message).toBe('not needed');
    expect(view.startedAt).toBeUndefined();
    await rig.clock.settle();
    expect(rig.clock.next).toBeUndefined();
    expect(rig.workers.alive.size).toBe(0);
    await rig.clock.advance(20 * MINUTE);
    expect((await rig.view(id)).lastSeq).toBe(view.lastSeq);
  });

  it('so is one that was taken up by another engine', async () => {
    const { rig, id } = await scheduledRun();
    await rig.restart();
    expect(await rig.engine.cancelRun(id, 'not needed')).toBe(true);
    expect(statesOf(await rig.view(id))).toBe('Scheduled > Cancelled');
    await rig.restart();
    expect(await rig.store.activeFlowRuns()).toEqual([]);
  });
});
