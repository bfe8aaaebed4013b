import { expect } from 'vitest';
import type { FlowRunId } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { SubflowView } from '#domain/run-view.ts';
import { statesOf, type EngineRig } from './engine-rig.ts';
import type { ScriptedFlow } from './scripted-workers.ts';

/** Runs by the name of their flow. */
export async function runsByFlow(rig: EngineRig): Promise<Readonly<Record<string, FlowRunRecord>>> {
  const runs = await rig.store.newestFlowRuns(100);
  return Object.fromEntries(runs.map((run) => [run.flowName, run]));
}

/** A flow `main` that calls `child`, whose task `work` the test ends; so does `child` with `grandchild`. */
export const nest: ScriptedFlow = {
  tasks: { work: {}, other: {} },
  body: (flow) => flow.callFlow('child'),
  flows: {
    child: { body: (flow) => flow.callFlow('grandchild') },
    grandchild: { body: (flow) => flow.call('work') },
  },
};
export const statesByFlow = async (rig: EngineRig) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(await runsByFlow(rig)).map(async ([name, { id }]) => [
        name,
        statesOf(await rig.view(id)),
      ]),
    ),
  ) as Record<string, string>;
export const expectAllOver = async (rig: EngineRig) => {
  expect(await rig.store.activeFlowRuns()).toEqual([]);
  expect(rig.workers.alive.size).toBe(0);
  expect(rig.feed.stopped).toEqual([]);
};
/** @throws Error when it called none */
export async function subflowOf(rig: EngineRig, id: FlowRunId): Promise<SubflowView> {
  const [subflow] = (await rig.view(id)).subflows;
  if (subflow) return subflow;
  throw new Error(`${id} called no flow.`);
}
