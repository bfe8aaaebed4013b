import { expect } from 'vitest';
import type { Failure } from '#domain/failures.ts';
import { modelStream, runStream } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { RunView } from '#domain/run-view.ts';
import { isTerminal } from '#domain/states.ts';
import type { EngineLife } from './engine-life.ts';
import { scriptedRig, type EngineRig } from './engine-rig.ts';
import type { ScriptedAttempt, ScriptedFlow } from './scripted-workers.ts';

/** Where an engine is killed: instead of, or right after, its n-th commit from now. */
export interface Kill {
  readonly commits: number;
  readonly lastCommit: EngineLife['lastCommit'];
}

/** Retries, tasks side by side, a sleep, a caught failure, a verdict and a model: something of everything. */
export const everything = (
  onAttempt: (attempt: ScriptedAttempt) => void = () => undefined,
): ScriptedFlow => ({
  tasks: {
    extract: { retries: 1, retryDelaySeconds: 5 },
    left: {},
    right: {},
    broken: {},
    promote: {},
  },
  async body(flow) {
    flow.log('begins');
    const data = await flow.call('extract');
    const both = await Promise.all([flow.call('left', data), flow.call('right', data)]);
    await flow.sleep(30);
    flow.log('slept');
    await flow.call('broken').catch((error: unknown) => flow.log(String(error)));
    return flow.call('promote', both, flow.now);
  },
  attempt(attempt) {
    onAttempt(attempt);
    void perform(attempt);
  },
});

async function perform(attempt: ScriptedAttempt): Promise<void> {
  const { task, attempt: number, taskRunName } = attempt.call;
  await attempt.log(`${taskRunName} works`);
  if (task === 'broken') return attempt.throws('broken for good');
  if (task === 'extract' && number === 1) return attempt.throws('source unavailable');
  const failure = task === 'promote' ? await promote(attempt) : undefined;
  if (failure) attempt.fails(failure);
  else attempt.returns(`${taskRunName} is done`);
}

async function promote(attempt: ScriptedAttempt): Promise<Failure | undefined> {
  await attempt.ask({
    method: 'decideGate',
    ordinal: 0,
    conditions: [{ metric: 'accuracy', atLeast: 0.9 }],
    metrics: { accuracy: 0.928 },
  });
  const kept = await attempt.ask({ method: 'putValue', bytes: Uint8Array.of(1, 2, 3).buffer });
  if (!kept.ok) return kept.failure;
  const saved = await attempt.ask({
    method: 'saveModel',
    ordinal: 0,
    model: 'sentiment',
    hash: String(kept.value),
    bytes: 3,
    metrics: { accuracy: 0.928 },
    snapshot: 'snapshot',
    backend: 'none',
    alias: 'champion',
  });
  return saved.ok ? undefined : saved.failure;
}

export interface InterruptedRun {
  readonly rig: EngineRig;
  /** Undefined when the first kill came before the run was stored. */
  readonly view: RunView | undefined;
  /** Commits that the last engine made for the run. */
  readonly commits: number;
}

/** Starts a run, kills the engine as told, starts the next over what it left, and lets the last finish it. */
export async function interruptedRun(
  kills: readonly Kill[],
  flow: typeof everything = everything,
): Promise<InterruptedRun> {
  const startedAfterEnd: string[] = [];
  const checks: Promise<void>[] = [];
  const { rig } = await scriptedRig(
    flow(({ call }) => {
      const check = async () => {
        const record = await rig.taskRunRecord(call.taskRunId);
        if (record && isTerminal(record.state)) startedAfterEnd.push(call.taskRunName);
      };
      checks.push(check());
    }),
  );
  const [first, ...later] = kills;
  if (first) prepare(rig.life, first);
  const before = rig.life.commits;
  void rig.ask();
  await untilEndOrDeath(rig);
  for (const kill of later) {
    if (rig.life.alive) break;
    await rig.restart((life) => prepare(life, kill));
    await untilEndOrDeath(rig);
  }
  if (!rig.life.alive) {
    await rig.restart();
    await untilEndOrDeath(rig);
  }
  await Promise.all(checks);
  expect(startedAfterEnd).toEqual([]);
  const id = (await startedRun(rig))?.id;
  return { rig, view: id && (await rig.view(id)), commits: rig.life.commits - before };
}

function prepare(life: EngineLife, kill: Kill): void {
  life.maxCommits = life.commits + kill.commits;
  life.lastCommit = kill.lastCommit;
}

/** The run that a person started: the others are its subflows. */
async function startedRun(rig: EngineRig): Promise<FlowRunRecord | undefined> {
  return (await rig.store.newestFlowRuns(100)).find(({ parent }) => !parent);
}

/** @param runs how many there will be: the last of them is waited for, unless the engine died before it was stored */
export function untilEndOrDeath(rig: EngineRig, runs = 1): Promise<void> {
  const over = async () => {
    if (!rig.life.alive) return true;
    const all = await rig.store.newestFlowRuns(100);
    const stored = all.filter(({ parent }) => !parent);
    return stored.length < runs ? rig.clock.next === undefined : stored[0]?.active === 0;
  };
  return rig.clock.until(over, 'the end or the death');
}

/** What must be the same however often a run was interrupted. */
export async function essenceOf({ rig, view }: InterruptedRun) {
  if (!view) throw new Error('There was no run.');
  const id = view.created.flowRunId;
  const said = await rig.said(id);
  return {
    state: view.state.name,
    taskRuns: view.taskRuns.map(({ name, state, result, dependsOn }) => ({
      name,
      state: state.name,
      label: result?.label,
      dependsOn,
    })),
    verdict: view.verdict?.verdict.summary,
    model: view.model,
    record: (await rig.store.get('flowRuns', id))?.modelVersion,
    bodyLines: said.filter((line) => /begins|slept|broken for good$/.test(line)),
    created: said.filter((line) => line.includes('Created flow run')).length,
  };
}

/** Invariants over everything that is stored. */
export async function expectSoundStore({ rig, view }: InterruptedRun): Promise<void> {
  if (!view) return;
  const id = view.created.flowRunId;
  for (const stream of [runStream(id), modelStream('sentiment')] as const) {
    const events = await rig.store.events(stream);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  }
  expect(await rig.store.modelVersions('sentiment')).toHaveLength(1);
  expect(await rig.store.events(modelStream('sentiment'))).toHaveLength(1);
  for (const taskRun of view.taskRuns) {
    const completed = taskRun.attempts.filter(({ state }) => state.type === 'COMPLETED');
    expect(completed.length, taskRun.name).toBe(taskRun.state.type === 'COMPLETED' ? 1 : 0);
    expect(taskRun.attempts.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
  }
  const calls = await rig.store.journalOf(id, 1);
  const deliveries = calls.map(({ outcome }) => outcome?.delivery ?? -1);
  expect([...deliveries].sort((a, b) => a - b)).toEqual(calls.map((_, i) => i));
}
