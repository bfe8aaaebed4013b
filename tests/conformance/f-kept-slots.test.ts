import { describe, expect, it } from 'vitest';
import { statesOf, type EngineRig } from '#tests/support/engine-rig.ts';
import { endOf, engineWith } from './author-run.ts';
import { undisturbed } from './undisturbed.ts';

const HOUR = 3_600_000;

async function limited(text: string): Promise<EngineRig> {
  const rig = await engineWith(text);
  await rig.engine.setLimit('tag:t', 1);
  return rig;
}

describe('C48 slots that a lost engine left', () => {
  undisturbed('it is about what one end of the engine leaves');

  it('are not kept for a task run whose recoveries are used: nobody would ask for them', async () => {
    const rig = await limited(`
      const f = task({ name: 'f', tags: ['t'], recoveries: 0 }, () => work(10));
      const g = task({ name: 'g', tags: ['t'] }, () => 1);
      export default flow('main', async () => { await f.returnState(); return g(); });`);
    const id = await rig.start();
    await rig.restart();
    const run = await endOf(rig, id);
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Crashed');
    expect(run.view.state.name).toBe('Completed');
  });

  it('are not kept while a person is waited for', async () => {
    const rig = await limited(`
      const f = task({ name: 'f', tags: ['t'] }, () => work(10));
      export default flow({ name: 'main', parameters: { asks: boolean({ default: false }) } }, async ({ asks }) => {
        const first = f.submit();
        if (asks) { await work(1); await pause({ timeoutSeconds: 86400 }); }
        await first;
      });`);
    const paused = await rig.start({ parameters: { asks: true } });
    const isPaused = async () => (await rig.view(paused)).state.name === 'Paused';
    await rig.clock.until(isPaused, 'its pause');
    const other = await rig.start();
    await rig.restart();
    await rig.clock.advance(HOUR);
    expect((await rig.view(other)).state.name).toBe('Completed');
    expect(await isPaused()).toBe(true);
    await rig.engine.resumeRun(paused, {});
    expect((await endOf(rig, paused)).view.state.name).toBe('Completed');
  });

  it('go with a subflow that ends in its recovery', async () => {
    const rig = await limited(`
      const f = task({ name: 'f', tags: ['t'] }, () => work(100000));
      const g = task({ name: 'g', tags: ['t'] }, () => 1);
      const sub = flow('sub', async () => { await f(); });
      export default flow('main', async () => {
        const called = sub().catch(() => 0);
        for (let minutes = 0; minutes < 6; minutes++) await sleep(60);
        await called;
        return g();
      });`);
    const id = await rig.start();
    for (let kills = 0; kills < 4; kills++) {
      await rig.clock.advance(61_000);
      await rig.restart();
    }
    const { view } = await endOf(rig, id);
    expect(view.subflows?.[0]?.state?.name).toBe('Crashed');
    expect(view.state.name).toBe('Completed');
    expect(await rig.engine.limits()).toMatchObject([{ held: 0, waiting: 0 }]);
  });

  it('go with a subflow whose caller is gone', async () => {
    const rig = await limited(`
      const f = task({ name: 'f', tags: ['t'] }, () => work(100000));
      const sub = flow('sub', async () => { await f(); });
      export default flow('main', async () => { await sub(); });`);
    const id = await rig.start();
    rig.kill();
    await rig.store.commit([{ store: 'flowRuns', op: 'delete', key: id }]);
    await rig.restart();
    expect(await rig.store.activeFlowRuns()).toEqual([]);
    expect(await rig.engine.limits()).toMatchObject([{ held: 0 }]);
  });

  it('are not brought along in a file: whoever runs here goes first', async () => {
    const source = `
      const f = task({ name: 'f', tags: ['t'] }, () => work(10));
      export default flow('main', async () => { await f(); });`;
    const elsewhere = await engineWith(source, { entropySeed: 3 });
    const brought = await elsewhere.start();
    const file = await elsewhere.engine.exportState();
    const rig = await limited(source);
    const own = await rig.start();
    expect(await rig.engine.importState(file, { add: true })).toMatchObject({ ok: true });
    await rig.clock.settle();
    expect(await rig.engine.limits()).toMatchObject([{ held: 1, waiting: 1 }]);
    for (const id of [own, brought])
      expect((await endOf(rig, id)).view.state.name).toBe('Completed');
  });
});
