import { describe, expect, it } from 'vitest';
import { rigFor, type EngineRig } from '#tests/support/engine-rig.ts';
import type { EngineLife } from '#tests/support/engine-life.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

const flowWith = (suspend: boolean) =>
  sourceText(`
    const before = task('before', () => 'before');
    const side = task('side', () => 'side');
    const after = task('after', (...parts) => parts.join(' '));
    export default flow('main', async () => {
      logger.info('begins');
      const first = await before();
      const other = side.submit();
      const { n } = await pause({ key: 'k', suspend: ${suspend}, schema: { n: integer() } });
      const again = await pause({ key: 'k', schema: { n: integer() } });
      logger.info('answered ' + n + again.n);
      return after(first, await other, n);
    });`);

interface Kill {
  readonly commits: number;
  readonly lastCommit: EngineLife['lastCommit'];
}

/** Answers whenever the run asks, and starts the engine again once it was killed. */
async function answeredRun(suspend: boolean, kill?: Kill): Promise<EngineRig> {
  const rig = await rigFor(flowWith(suspend));
  if (kill) Object.assign(rig.life, { ...kill, maxCommits: rig.life.commits + kill.commits });
  void rig.ask();
  for (;;) {
    await rig.clock.settle();
    const [run] = await rig.store.newestFlowRuns(1);
    if (!rig.life.alive) await rig.restart();
    else if (!run || run.active === 0) return rig;
    else if (run.pause) void rig.engine.resumeRun(run.id, { n: 7 }, run.pause.number);
  }
}

async function essenceOf(rig: EngineRig) {
  const [run] = await rig.store.newestFlowRuns(1);
  if (!run) return undefined;
  const view = await rig.view(run.id);
  const events = await rig.store.events(`run:${run.id}`);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  const calls = await rig.store.journalOf(run.id, 1);
  const deliveries = calls.map(({ outcome }) => outcome?.delivery ?? -1);
  expect([...deliveries].sort((a, b) => a - b)).toEqual(calls.map((_, i) => i));
  expect(view.states.filter(({ type }) => type === 'PAUSED')).toHaveLength(1);
  for (const { attempts } of view.taskRuns)
    expect(attempts.filter(({ state }) => state.type === 'COMPLETED')).toHaveLength(1);
  return {
    state: view.state.name,
    results: view.taskRuns.map(({ name, state, result }) => [name, state.name, result?.label]),
    answers: run.endedPauses,
    said: (await rig.said(run.id)).filter((line) => /begins|answered \d/.test(line)),
  };
}

describe.each([
  ['pauses', false],
  ['is suspended', true],
])('an engine that is killed at any commit of a run that %s', (_how, suspend) => {
  it('finishes it all the same: it asks once, and no completed task runs again', async () => {
    const undisturbed = await answeredRun(suspend);
    const essence = await essenceOf(undisturbed);
    expect(essence).toMatchObject({
      state: 'Completed',
      answers: [{ key: 'k', answer: { n: 7 } }],
      results: [
        ['before-0', 'Completed', '"before"'],
        ['side-0', 'Completed', '"side"'],
        ['after-0', 'Completed', '"before side 7"'],
      ],
    });
    for (let commits = 1; commits < undisturbed.life.commits; commits++)
      for (const lastCommit of ['lost', 'kept'] as const) {
        const rig = await answeredRun(suspend, { commits, lastCommit });
        expect(await essenceOf(rig), `${lastCommit} ${commits}`).toEqual(essence);
      }
  }, 60_000);
});
