import { describe, expect, it } from 'vitest';
import type { GateCondition } from '#domain/gate.ts';
import { rigFor, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { retrainSentiment } from '#tests/support/sample-sources.ts';
import { quality } from '#tests/support/small-ml.ts';

describe('the built-in flow', () => {
  it('logs line by line as in the tutorial', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const { name } = view.created;
    expect(await rig.said(view.created.flowRunId)).toEqual([
      `INFO    | nightshift.engine - Created flow run '${name}' for flow 'retrain-sentiment'`,
      `INFO    | Flow run '${name}' - Beginning flow run '${name}' for flow 'retrain-sentiment'`,
      `INFO    | Task run 'extract-0' - Finished in state Completed()`,
      `INFO    | Task run 'train-0' - Finished in state Completed()`,
      `INFO    | Task run 'evaluate-0' - Finished in state Completed()`,
      `INFO    | Task run 'promote-0' - Finished in state Promoted(type=COMPLETED)`,
      `INFO    | Flow run '${name}' - promoted (acc=0.928)`,
      `INFO    | Flow run '${name}' - Finished in state Completed()`,
    ]);
  });

  it('shows the lines live in the order in which they are kept', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const history = await rig.engine.runHistory(view.created.flowRunId);
    expect(rig.feed.lines).toEqual(history?.lines);
  });

  it('C01 takes each task through Pending, Running and Completed', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    expect(statesOf(view)).toBe('Pending > Running > Completed');
    expect(view.taskRuns.map((one) => `${one.name}: ${statesOf(one)}`)).toEqual([
      'extract-0: Pending > Running > Completed',
      'train-0: Pending > Running > Completed',
      'evaluate-0: Pending > Running > Completed',
      'promote-0: Pending > Running > Promoted',
    ]);
  });

  it('knows which results went into which task', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const edges = view.taskRuns.map(({ name, dependsOn }) => {
      const from = dependsOn.map((id) => view.taskRuns.find((one) => one.id === id)?.name);
      return `${name} < ${from.join(', ')}`;
    });
    expect(edges).toEqual([
      'extract-0 < ',
      'train-0 < extract-0',
      'evaluate-0 < train-0, extract-0',
      'promote-0 < train-0, evaluate-0, extract-0',
    ]);
  });

  it('keeps the champion when only a better one is asked for, and tells how they differ', async () => {
    const rig = await rigFor(retrainSentiment);
    const parameters = { onlyIfBetter: true };
    const first = await rig.run({ parameters });
    expect(first.verdict?.verdict).toMatchObject({
      promoted: true,
      summary: 'promoted (acc=0.928)',
      evidence: { against: 'none' },
    });
    const again = await rig.run({ parameters });
    expect(again.verdict?.verdict).toMatchObject({
      promoted: false,
      summary: 'rejected (acc=0.928 = champion 0.928)',
      comparison: { version: 1, onlyChallenger: 0, onlyChampion: 0, mcNemarP: 1 },
    });
    expect(again.model).toBeUndefined();
  });

  it('can be asked what another gate would have said of its runs', async () => {
    const rig = await rigFor(retrainSentiment);
    await rig.run();
    const ask = async (condition: GateCondition) =>
      (await rig.engine.gateHistory([condition])).map(({ said, wouldSay }) => [
        said.summary,
        wouldSay.known ? wouldSay.summary : wouldSay.reason,
      ]);
    const promoted = 'promoted (acc=0.928)';
    expect(await ask({ metric: 'accuracy', atLeast: 0.95 })).toEqual([
      [promoted, 'rejected (acc=0.928 < 0.95)'],
    ]);
    expect(await ask({ metric: 'speed', atLeast: 1 })).toEqual([
      [promoted, 'it did not measure speed'],
    ]);
  });

  it('ends Completed when the gate says no, and nothing is saved', async () => {
    const rig = await rigFor(retrainSentiment);
    quality.accuracy = 0.806;
    const view = await rig.run().finally(() => (quality.accuracy = 0.928));
    expect(view.state.name).toBe('Completed');
    expect(statesOf(taskRunIn(view, 'promote-0'))).toBe('Pending > Running > Rejected');
    expect(view.verdict?.verdict.summary).toBe('rejected (acc=0.806 < 0.9)');
    expect(await rig.engine.champion('sentiment')).toBeUndefined();
    expect((await rig.said(view.created.flowRunId)).at(-2)).toContain('rejected (acc=0.806 < 0.9)');
  });
});
