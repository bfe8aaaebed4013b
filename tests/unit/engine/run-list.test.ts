import { expect, it, vi } from 'vitest';
import { rigFor } from '#tests/support/engine-rig.ts';
import { retrainSentiment } from '#tests/support/sample-sources.ts';

const faults = [{ task: 'extract', attempts: [1], effect: { kind: 'throw' } }] as const;

it('tells the attempts of runs that go on and of runs that ended without looking at their task runs', async () => {
  const rig = await rigFor(retrainSentiment);
  const id = await rig.start({ faults });
  const reads = vi.spyOn(rig.store, 'taskRunsOf');
  expect((await rig.engine.runs(1))[0]).toMatchObject({ id, active: 1, attempts: 1 });
  await rig.finish(id);
  reads.mockClear();
  expect((await rig.engine.runs(1))[0]).toMatchObject({ id, active: 0, attempts: 5 });
  expect(reads).not.toHaveBeenCalled();
});

it('goes on counting after the engine was killed', async () => {
  const rig = await rigFor(retrainSentiment);
  const id = await rig.start({ faults });
  await rig.restart();
  await rig.finish(id);
  expect((await rig.engine.runs(1))[0]).toMatchObject({ id, attempts: 5 });
});

it('counts the attempts of runs from before the number was kept', async () => {
  const rig = await rigFor(retrainSentiment);
  const { created } = await rig.run({ faults });
  const { attempts: _, ...record } = (await rig.store.get('flowRuns', created.flowRunId))!;
  await rig.store.commit([{ store: 'flowRuns', op: 'put', record }]);
  expect((await rig.engine.runs(1))[0]).toMatchObject({ attempts: 5 });
});
