import { describe, expect, it } from 'vitest';
import type { RunRequest } from '#domain/engine-api.ts';
import type { RunView } from '#domain/run-view.ts';
import { isTerminal } from '#domain/states.ts';
import type { EngineLife } from '#tests/support/engine-life.ts';
import { scriptedRig, type EngineRig } from '#tests/support/engine-rig.ts';
import { everything, untilEndOrDeath } from '#tests/support/interrupted-run.ts';
import { howEach, startedIn } from '#tests/support/made-runs.ts';

/** Kills the engine at a commit of a run that is made from a finished one, and lets the next finish it. */
async function killedFork(
  request: (parent: RunView) => Partial<RunRequest>,
  commits: number,
  lastCommit: EngineLife['lastCommit'],
) {
  const { rig, script } = await scriptedRig(everything());
  const parent = await rig.run();
  await rig.clock.advance(1000);
  const before = rig.life.commits;
  rig.life.maxCommits = before + commits;
  rig.life.lastCommit = lastCommit;
  void rig.ask({ files: [], ...request(parent) });
  await untilEndOrDeath(rig, 2);
  if (!rig.life.alive) {
    await rig.restart();
    await untilEndOrDeath(rig, 2);
  }
  const [newest] = await rig.store.newestFlowRuns(1);
  const made = newest && newest.id !== parent.created.flowRunId;
  const view = made ? await rig.view(newest.id) : undefined;
  return { rig, script, parent, view, commits: rig.life.commits - before };
}

/** Of a recovered run the attempts differ, nothing else. */
const essence = (view: RunView) => ({
  state: view.state.name,
  how: howEach(view),
  results: view.taskRuns.map(({ result }) => result?.label),
  from: view.taskRuns.map(({ state: { reason } }) => (reason.kind === 'reused' ? reason.from : '')),
  verdict: view.verdict?.verdict,
  origin: view.created.origin,
});

async function expectSound(rig: EngineRig, view: RunView): Promise<void> {
  for (const taskRun of view.taskRuns) {
    const record = await rig.taskRunRecord(taskRun.id);
    expect(record).toMatchObject({ state: { name: taskRun.state.name }, call: expect.any(Number) });
    const completed = taskRun.attempts.filter(({ state }) => state.type === 'COMPLETED');
    const reused = taskRun.state.reason.kind === 'reused';
    expect(completed).toHaveLength(taskRun.state.type === 'COMPLETED' && !reused ? 1 : 0);
  }
  const calls = await rig.store.journalOf(view.created.flowRunId, 1);
  expect(calls.map(({ outcome }) => outcome?.delivery).sort()).toEqual(calls.map((_, i) => i));
}

describe('an engine that is killed at any commit of a run made from another', () => {
  it.each([
    [
      'a fork in the middle of a sleep',
      15_000,
      'extract-0 reused, left-0 reused, right-0 reused, broken-0 ran, promote-0 ran',
    ],
    [
      'a fork at the end',
      Infinity,
      'extract-0 reused, left-0 reused, right-0 reused, broken-0 ran, promote-0 ran',
    ],
  ])(
    '%s: reuses what it reused, and runs none of it',
    async (_what, into, how) => {
      const request = ({ created, createdAt, lastAt }: RunView): Partial<RunRequest> => ({
        origin: {
          kind: 'fork',
          flowRunId: created.flowRunId,
          at: Math.min(createdAt + into, lastAt),
        },
      });
      const undisturbed = await killedFork(request, Infinity, 'kept');
      expect(howEach(undisturbed.view!)).toBe(how);
      for (let commits = 0; commits < undisturbed.commits; commits++)
        for (const lastCommit of ['lost', 'kept'] as const) {
          const run = await killedFork(request, commits, lastCommit);
          const where = `${lastCommit} ${commits}`;
          if (commits === 0 && lastCommit === 'lost') {
            expect(run.view).toBeUndefined();
            continue;
          }
          expect(essence(run.view!), where).toEqual(essence(undisturbed.view!));
          expect(isTerminal(run.view!.state)).toBe(true);
          const started = startedIn(run.script, run.view!).map((name) => name.split('#')[0]);
          expect(new Set(started), where).toEqual(new Set(['broken-0', 'promote-0']));
          await expectSound(run.rig, run.view!);
        }
    },
    60_000,
  );
});
