import { describe, expect, it } from 'vitest';
import { scriptedRig } from '#tests/support/engine-rig.ts';
import { expectAllOver, nest, statesByFlow, subflowOf } from '#tests/support/nested-flows.ts';

describe('subflows of a run that ends', () => {
  it('are cancelled with it, those inside them too', async () => {
    const { rig } = await scriptedRig(nest);
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'not needed');
    await rig.clock.settle();
    const cancelled = 'Pending > Running > Cancelling > Cancelled';
    expect(await statesByFlow(rig)).toEqual({
      scripted: cancelled,
      child: cancelled,
      grandchild: cancelled,
    });
    const { name } = (await rig.view(id)).created;
    expect((await subflowOf(rig, id)).state).toEqual({
      type: 'CANCELLED',
      name: 'Cancelled',
      message: `run ${name}, which called it, ended: not needed`,
    });
    await expectAllOver(rig);
  });

  it('are cancelled when it takes too long', async () => {
    const { rig } = await scriptedRig({ ...nest, options: { timeoutSeconds: 30 } });
    const view = await rig.finish(await rig.start());
    expect(view.state.name).toBe('TimedOut');
    expect(view.subflows[0]?.state?.name).toBe('Cancelled');
    await expectAllOver(rig);
  });

  it('are cancelled when it does not wait for them', async () => {
    const { rig } = await scriptedRig({
      ...nest,
      async body(flow) {
        void flow.callFlow('child').catch(() => undefined);
        await flow.sleep(5);
        return 'done';
      },
    });
    const view = await rig.run();
    expect(view.state.name).toBe('Completed');
    expect(view.subflows[0]?.state).toMatchObject({
      name: 'Cancelled',
      message: `run ${view.created.name}, which called it, ended`,
    });
    await expectAllOver(rig);
  });

  it('end before it is entered again', async () => {
    const { rig } = await scriptedRig({
      ...nest,
      options: { retries: 1, retryDelaySeconds: 5 },
      async body(flow) {
        void flow.callFlow('child').catch(() => undefined);
        await flow.sleep(5);
        throw new Error('x');
      },
    });
    const view = await rig.run();
    expect(view.subflows.map(({ flowAttempt, state }) => [flowAttempt, state?.name])).toEqual([
      [1, 'Cancelled'],
      [2, 'Cancelled'],
    ]);
    await expectAllOver(rig);
  });

  it('may be cancelled alone, and the call is told', async () => {
    const { rig } = await scriptedRig({
      ...nest,
      body: (flow) => flow.callFlow('child').catch((error: unknown) => flow.log(`told ${error}`)),
    });
    const id = await rig.start();
    const { id: child } = await subflowOf(rig, id);
    expect(await rig.engine.cancelRun(child, 'only this')).toBe(true);
    expect((await rig.finish(id)).state.name).toBe('Completed');
    expect((await rig.said(id)).join()).toContain('told RunFailure: only this');
    expect(await rig.engine.cancelRun(child, 'again')).toBe(false);
    await expectAllOver(rig);
  });
});
