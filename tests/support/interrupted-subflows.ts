import { expect } from 'vitest';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { EngineRig } from './engine-rig.ts';
import type { InterruptedRun } from './interrupted-run.ts';
import type { ScriptedAttempt, ScriptedFlow } from './scripted-workers.ts';

/** Subflows side by side, one in another, one that is retried, one whose parameters are refused, one that fails. */
export const nested = (
  onAttempt: (attempt: ScriptedAttempt) => void = () => undefined,
): ScriptedFlow => ({
  tasks: { load: {}, fit: {}, broken: {} },
  async body(flow) {
    flow.log('begins');
    const data = await flow.call('load');
    const fits = await Promise.all([
      flow.callFlow('train', { depth: 1 }),
      flow.callFlow('train', { depth: 2 }),
    ]);
    await flow.callFlow('train', { depth: 'deep' }).catch((error: unknown) => flow.log(`${error}`));
    await flow.callFlow('failing').catch((error: unknown) => flow.log(`${error}`));
    await flow.sleep(10);
    return flow.call('fit', [data, fits], flow.now);
  },
  flows: {
    train: {
      parameters: { depth: { kind: 'integer' } },
      async body(flow, { depth }) {
        flow.log(`trains ${depth}`);
        await flow.sleep(5);
        if (depth === 2) return flow.callFlow('inner', { n: 7 });
        return flow.call('fit', depth);
      },
    },
    inner: {
      parameters: { n: { kind: 'integer', default: 1 } },
      body: (flow, { n }) => flow.call('fit', n),
    },
    failing: {
      options: { retries: 1, retryDelaySeconds: 3 },
      body: (flow) => flow.call('broken'),
    },
  },
  attempt(attempt) {
    onAttempt(attempt);
    const { task, taskRunName } = attempt.call;
    if (task === 'broken') attempt.throws('broken for good');
    else attempt.returns(`${taskRunName} of ${JSON.stringify(attempt.arguments)}`);
  },
});

export interface RunEssence {
  readonly flow: string;
  readonly state: string;
  readonly parameters: unknown;
  readonly seed: number;
  readonly result: string | undefined;
  readonly failure: unknown;
  readonly taskRuns: readonly string[];
  readonly bodyLines: readonly string[];
  readonly subflows: readonly RunEssence[];
}

/** What must be the same however often a run and its subflows were interrupted. */
export async function nestedEssence(rig: EngineRig, id: FlowRunId): Promise<RunEssence> {
  const record = await recordOf(rig, id);
  const view = await rig.view(id);
  const subflows = await Promise.all(view.subflows.map((one) => nestedEssence(rig, one.id)));
  expect(view.subflows.map(({ state }) => state?.name)).toEqual(subflows.map(({ state }) => state));
  return {
    flow: record.flowName,
    state: record.state.name,
    parameters: record.parameters,
    seed: record.seed,
    result: record.result?.label,
    failure: record.failure,
    taskRuns: view.taskRuns.map(
      ({ name, flowAttempt, state, result }) =>
        `${flowAttempt} ${name} ${state.name} ${result?.label}`,
    ),
    bodyLines: await bodyLinesOf(rig, id),
    subflows: subflows.sort((a, b) => a.seed - b.seed),
  };
}

/** Without the run's name, which is drawn anew when its creation was lost. */
async function bodyLinesOf(rig: EngineRig, id: FlowRunId): Promise<readonly string[]> {
  const said = (await rig.said(id)).map((line) => line.slice(line.indexOf(' - ')));
  return said.filter((line) => /begins|trains|Error: .*(refused|for good)/.test(line));
}

/** Over everything that is stored: nothing is left active, each call has one subflow, and no stream has a gap. */
export async function expectSoundRuns({ rig }: InterruptedRun): Promise<void> {
  expect(await rig.store.activeFlowRuns()).toEqual([]);
  const runs = await rig.store.newestFlowRuns(100);
  const calls = runs.flatMap(({ parent }) =>
    parent ? [`${parent.flowRunId}/${parent.flowAttempt}/${parent.call}`] : [],
  );
  expect(new Set(calls).size).toBe(calls.length);
  for (const run of runs) await expectSoundRun(rig, run);
}

async function expectSoundRun(rig: EngineRig, { id, flowAttempt }: FlowRunRecord): Promise<void> {
  const events = await rig.store.events(runStream(id));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  const view = await rig.view(id);
  for (const taskRun of view.taskRuns) {
    const completed = taskRun.attempts.filter(({ state }) => state.type === 'COMPLETED');
    expect(completed.length, taskRun.name).toBe(taskRun.state.type === 'COMPLETED' ? 1 : 0);
  }
  const deliveries = (await rig.store.journalOf(id, flowAttempt)).map(
    ({ outcome }) => outcome?.delivery ?? -1,
  );
  expect([...deliveries].sort((a, b) => a - b)).toEqual(deliveries.map((_, i) => i));
}

async function recordOf(rig: EngineRig, id: FlowRunId): Promise<FlowRunRecord> {
  const record = await rig.store.get('flowRuns', id);
  if (record) return record;
  throw new Error(`${id} is not stored.`);
}
