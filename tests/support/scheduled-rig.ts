import type { TickRecord } from '#domain/records.ts';
import { SOME_TIME } from './builders.ts';
import { scriptedRig, type EngineRig } from './engine-rig.ts';

export const MINUTE = 60_000;
export const NIGHTLY = 'retrain-sentiment/nightly';

/** Every five minutes, and each run returns at once. The clock starts on the full hour. */
export async function scheduledRig(cron = '*/5 * * * *'): Promise<EngineRig> {
  const { rig } = await scriptedRig({
    tasks: { extract: {} },
    body: (flow) => flow.call('extract'),
    attempt: (attempt) => attempt.returns(1),
  });
  const check = await setSchedule(rig, cron);
  if (!check.ok) throw new Error(check.reason);
  return rig;
}

export const setSchedule = (rig: EngineRig, cron: string, paused = false) =>
  rig.engine.setSchedule({ deploymentId: NIGHTLY, cron, timezone: 'UTC', paused });

/** Oldest first: `5 ran`, in minutes from the start. */
export const verdicts = async (rig: EngineRig) =>
  (await ticks(rig)).map(({ dueAt, verdict }) => `${(dueAt - SOME_TIME) / MINUTE} ${verdict}`);

export const ticks = async (rig: EngineRig): Promise<readonly TickRecord[]> =>
  [...(await rig.engine.ticks(NIGHTLY, 1000))].reverse();

export const runs = (rig: EngineRig) => rig.store.newestFlowRuns(100);
