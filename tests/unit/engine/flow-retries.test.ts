import { describe, expect, it } from 'vitest';
import { rigFor, statesOf } from '#tests/support/engine-rig.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

const failing = sourceText(`
  const f = task('f', () => { throw new Error('no'); });
  export default flow({ name: 'main', retries: 1, retryDelaySeconds: 60 }, async () => {
    logger.info('entered at ' + Date.now());
    await f();
  });`);

describe('the retry of a flow', () => {
  it('survives an engine that stops while it waits, and uses no recovery', async () => {
    const rig = await rigFor(failing);
    const id = await rig.start();
    await rig.clock.advance(1000);
    expect((await rig.view(id)).state.name).toBe('AwaitingRetry');
    await rig.restart();
    const view = await rig.finish(id);
    expect(statesOf(view)).toBe('Pending > Running > AwaitingRetry > Retrying > Failed');
    expect(view.taskRuns.map(({ flowAttempt, state }) => [flowAttempt, state.name])).toEqual([
      [1, 'Failed'],
      [2, 'Failed'],
    ]);
  });

  it('reads a later start, and says its lines though their numbers begin anew', async () => {
    const rig = await rigFor(failing);
    const id = await rig.start();
    const view = await rig.finish(id);
    const said = await rig.said(id);
    const entered = said.flatMap((line) => /entered at (\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(entered).toHaveLength(2);
    expect((entered[1] ?? 0) - (entered[0] ?? 0)).toBe(60_000);
    expect(view.state.name).toBe('Failed');
  });

  it('can be cancelled while it waits', async () => {
    const rig = await rigFor(failing);
    const id = await rig.start();
    await rig.clock.advance(1000);
    await rig.engine.cancelRun(id, 'not needed');
    expect((await rig.finish(id)).state).toMatchObject({ type: 'CANCELLED' });
  });
});
