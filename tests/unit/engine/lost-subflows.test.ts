import { describe, expect, it } from 'vitest';
import { scriptedRig, statesOf } from '#tests/support/engine-rig.ts';
import {
  expectAllOver,
  nest,
  runsByFlow,
  statesByFlow,
  subflowOf,
} from '#tests/support/nested-flows.ts';

describe('a subflow whose surroundings are lost', () => {
  it('goes on when the worker of its flow dies, and its caller notices nothing', async () => {
    let deaths = 0;
    const { rig, script } = await scriptedRig({
      ...nest,
      flows: {
        child: {
          async body(flow) {
            if (deaths++ === 0) flow.die();
            return flow.call('work');
          },
        },
      },
    });
    const id = await rig.start();
    script.attempt('work-0', 1).returns(1);
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Completed');
    expect(statesOf(await rig.view(view.subflows[0]!.id))).toBe(
      'Pending > Running > Recovering > Completed',
    );
  });

  it('goes on when the worker of its caller dies, and is not called twice', async () => {
    let die: () => void = () => undefined;
    const { rig, script } = await scriptedRig({
      ...nest,
      body(flow) {
        die = () => flow.die();
        return flow.callFlow('child');
      },
    });
    const id = await rig.start();
    die();
    await rig.clock.settle();
    script.attempt('work-0', 1).returns(1);
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > Recovering > Completed');
    expect(view.subflows).toHaveLength(1);
    expect((await statesByFlow(rig))['child']).toBe('Pending > Running > Completed');
  });

  it('is taken up once, by its caller, when the engine dies', async () => {
    const { rig, script } = await scriptedRig(nest);
    const id = await rig.start();
    await rig.restart();
    const recovering = 'Pending > Running > Recovering';
    expect(await statesByFlow(rig)).toEqual({
      scripted: recovering,
      child: recovering,
      grandchild: recovering,
    });
    expect(script.attempts).toHaveLength(2);
    script.attempt('work-0', 2).returns(1);
    const view = await rig.finish(id);
    expect(view.state.name).toBe('Completed');
    expect(await rig.store.newestFlowRuns(100)).toHaveLength(3);
    await expectAllOver(rig);
  });

  it('is cancelled when the replayed body does not come back to its call', async () => {
    let called = 'child';
    const { rig } = await scriptedRig({
      ...nest,
      body: (flow) => (called === 'child' ? flow.callFlow('child') : flow.call('other')),
    });
    const id = await rig.start();
    called = 'other';
    await rig.restart();
    const view = await rig.finish(id);
    expect(view.failure).toMatchObject({
      kind: 'non-determinism',
      recorded: expect.stringContaining('flow(child) (call 0'),
    });
    expect(view.subflows[0]?.state?.name).toBe('Cancelled');
    expect(await statesByFlow(rig)).toMatchObject({
      child: 'Pending > Running > Cancelled',
      grandchild: 'Pending > Running > Cancelled',
    });
    await expectAllOver(rig);
  });

  it('ends Cancelled with a caller whose recoveries are used', async () => {
    const { rig } = await scriptedRig(nest);
    const id = await rig.start();
    for (let kills = 0; kills < 4; kills++) await rig.restart();
    const view = await rig.view(id);
    expect(view.state.name).toBe('Crashed');
    expect(view.subflows[0]?.state?.name).toBe('Cancelled');
    await expectAllOver(rig);
  });

  it('ends Cancelled when its caller is gone from the store', async () => {
    const { rig } = await scriptedRig(nest);
    const id = await rig.start();
    const child = await subflowOf(rig, id);
    rig.kill();
    await rig.store.commit([{ store: 'flowRuns', op: 'delete', key: id }]);
    await rig.restart();
    expect((await rig.view(child.id)).state).toMatchObject({
      name: 'Cancelled',
      reason: { kind: 'caller ended', flowRunName: id },
    });
    await expectAllOver(rig);
  });

  it('that failed keeps its failure through a reload of its caller', async () => {
    const { rig, script } = await scriptedRig({
      ...nest,
      async body(flow) {
        await flow.callFlow('grandchild').catch((error: unknown) => flow.log(`caught ${error}`));
        return flow.call('other');
      },
    });
    const id = await rig.start();
    script.attempt('work-0', 1).throws('broken');
    await rig.clock.settle();
    await rig.restart();
    script.attempt('other-0', 2).returns(1);
    expect((await rig.finish(id)).state.name).toBe('Completed');
    expect((await rig.said(id)).filter((line) => line.includes('caught'))).toHaveLength(1);
    expect((await runsByFlow(rig))['grandchild']?.recoveriesUsed).toBe(0);
  });
});
