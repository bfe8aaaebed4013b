import { describe, expect, it } from 'vitest';
import { parseFault } from '#domain/faults.ts';
import { rigFor, statesOf, type EngineRig } from '#tests/support/engine-rig.ts';
import { retrainSentiment, sourceText } from '#tests/support/sample-sources.ts';
import { suspendedRig } from '#tests/support/suspension.ts';

/** What a person sees of a run when it is over. */
async function seenIn(rig: EngineRig, faults: readonly string[] = []) {
  const view = await rig.run({ faults: faults.map(parseFault) });
  return {
    states: statesOf(view),
    taskRuns: view.taskRuns.map((one) => ({
      name: one.name,
      states: statesOf(one),
      attempts: one.attempts.map(({ number, state }) => `${number} ${state.name}`),
      waits: one.waits.map(({ from, until }) => until - from),
      result: one.result,
      dependsOn: one.dependsOn.map((id) => id.slice(id.lastIndexOf('/'))),
    })),
    verdict: view.verdict?.verdict,
    model: view.model,
    said: await rig.said(view.created.flowRunId),
  };
}

describe('an engine that is ended after each commit', () => {
  it('shows the run that one which lives on shows', async () => {
    const faults = ['extract:1'];
    const undisturbed = await seenIn(await rigFor(retrainSentiment), faults);
    const { rig, suspension } = await suspendedRig(retrainSentiment);
    // The fault strikes an attempt by its number, which counts those that were lost.
    expect(await seenIn(rig, ['extract:1-2'])).toEqual(undisturbed);
    expect(suspension.count).toBeGreaterThan(15);
    expect(await rig.store.modelVersions('sentiment')).toHaveLength(1);
  });

  it('leaves the recoveries of a run to what was not planned', async () => {
    const { rig, suspension } = await suspendedRig(
      sourceText(`
        const many = task('many', (n) => n);
        export default flow('main', async () => { for (let i = 0; i < 5; i++) await many(i); });`),
    );
    const view = await rig.run();
    expect(statesOf(view)).toBe('Pending > Running > Completed');
    expect(suspension.count).toBeGreaterThan(10);
    const [record] = await rig.store.newestFlowRuns(1);
    expect(record?.recoveriesUsed).toBeLessThanOrEqual(1);
  });
});
