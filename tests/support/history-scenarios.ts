import type { RunView } from '#domain/run-view.ts';
import { rigFor, scriptedRig, type EngineRig } from './engine-rig.ts';
import { everything, interruptedRun } from './interrupted-run.ts';
import { reRun } from './made-runs.ts';
import { failingTask, openTask } from './one-task-flow.ts';
import { retrainSentiment, sourceText } from './sample-sources.ts';
import { quality } from './small-ml.ts';

/** A run, and the engine that has it. */
interface Recorded {
  readonly rig: EngineRig;
  readonly view: RunView;
}

/** A real run for each way in which one can go: what is recorded of them must be read alike for ever. */
export const SCENARIOS: Readonly<Record<string, () => Promise<Recorded>>> = {
  completed: () => runOf(failingTask({}, [])),
  promoted: async () => ran(await rigFor(retrainSentiment)),
  async rejected() {
    const rig = await rigFor(retrainSentiment);
    quality.accuracy = 0.806;
    return ran(rig).finally(() => (quality.accuracy = 0.928));
  },
  failed: () => runOf(failingTask({ retries: 1 }, [1, 2])),
  'retry-with-delay': () => runOf(failingTask({ retries: 2, retryDelaySeconds: [5, 60] }, [1, 2])),
  'timed-out': () => runOf(openTask({ timeoutSeconds: 3 })),
  async 'crashed-and-recovered'() {
    const { rig, view } = await interruptedRun([{ commits: 5, lastCommit: 'kept' }]);
    if (view) return { rig, view };
    throw new Error('The engine was killed before the run was stored.');
  },
  async cancelled() {
    const { rig } = await openTask();
    const id = await rig.start();
    await rig.engine.cancelRun(id, 'Cancelled by you');
    return { rig, view: await rig.finish(id) };
  },
  'upstream-failed': async () =>
    ran(
      await rigFor(
        sourceText(`
          const f = task('f', () => { throw new Error('no'); });
          const g = task('g', (value) => value);
          export default flow('main', async () => { await g.submit(f.submit()).wait(); });`),
      ),
    ),
  async reused() {
    const { rig } = await scriptedRig(everything());
    const view = await reRun(rig, await rig.run(), { from: 'broken-0' });
    return { rig, view };
  },
  'flow-retried': async () =>
    ran(
      await rigFor(
        sourceText(`
          const f = task('f', () => { throw new Error('no'); });
          export default flow({ name: 'main', retries: 1, retryDelaySeconds: 60 }, () => f());`),
      ),
    ),
};

const ran = async (rig: EngineRig): Promise<Recorded> => ({ rig, view: await rig.run() });

const runOf = async (scripted: ReturnType<typeof scriptedRig>): Promise<Recorded> =>
  ran((await scripted).rig);
