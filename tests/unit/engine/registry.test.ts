import { describe, expect, it } from 'vitest';
import type { ModelAlias } from '#domain/models.ts';
import type { HostReply } from '#domain/host-api.ts';
import { modelStream } from '#domain/ids.ts';
import type { Durability, Store, Write } from '#domain/store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { hash } from '#tests/support/builders.ts';
import { scriptedRig, statesOf, taskRunIn, type RigOptions } from '#tests/support/engine-rig.ts';
import type { ScriptedAttempt } from '#tests/support/scripted-workers.ts';

const manual = (options: RigOptions = {}) =>
  scriptedRig(
    {
      tasks: { promote: { retries: 1 } },
      body: (flow, { twice }) =>
        twice ? Promise.all([flow.call('promote'), flow.call('promote')]) : flow.call('promote'),
      parameters: { twice: { kind: 'boolean', default: false } },
    },
    options,
  );

const decide = (attempt: ScriptedAttempt, accuracy: number, ordinal = 0) =>
  attempt.ask({
    method: 'decideGate',
    ordinal,
    conditions: [{ metric: 'accuracy', atLeast: 0.9 }],
    evidence: { metrics: { accuracy } },
  });

const put = async (attempt: ScriptedAttempt, ...bytes: number[]): Promise<string> =>
  String(valueOf(await attempt.ask({ method: 'putValue', bytes: Uint8Array.from(bytes).buffer })));

const save = (
  attempt: ScriptedAttempt,
  weights: string,
  ordinal = 0,
  alias: ModelAlias = 'champion',
) =>
  attempt.ask({
    method: 'saveModel',
    ordinal,
    model: 'sentiment',
    hash: weights,
    bytes: 3,
    metrics: { accuracy: 0.928 },
    snapshot: 'snapshot',
    backend: 'wasm',
    alias,
  });

function valueOf(reply: HostReply): unknown {
  if (reply.ok) return reply.value;
  throw new Error(JSON.stringify(reply.failure));
}

describe('a verdict', () => {
  it('is recorded with the run, and names the state of its task', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const attempt = script.attempt('promote-0', 1);
    const verdict = valueOf(await decide(attempt, 0.806));
    expect(verdict).toMatchObject({ promoted: false, summary: 'rejected (acc=0.806 < 0.9)' });
    attempt.returns('rejected');
    const view = await rig.finish(id);
    expect(statesOf(taskRunIn(view, 'promote-0'))).toBe('Pending > Running > Rejected');
    expect(view.verdict).toMatchObject({ verdict, taskRunId: attempt.call.taskRunId });
    expect((await rig.store.get('flowRuns', id))?.verdict).toEqual(verdict);
  });

  it('is given once: a repeat after a crash gets the first, whatever it measured', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const first = valueOf(await decide(script.attempt('promote-0', 1), 0.928));
    await rig.restart();
    const second = script.attempt('promote-0', 2);
    expect(valueOf(await decide(second, 0.5))).toEqual(first);
    second.returns('promoted');
    const view = await rig.finish(id);
    expect(view.taskRuns[0]?.state.name).toBe('Promoted');
    expect(rig.feed.events().filter(({ body }) => body.kind === 'verdict.decided')).toHaveLength(1);
  });

  it('of the last gate names the state when a task asks several', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const attempt = script.attempt('promote-0', 1);
    await decide(attempt, 0.95, 0);
    await decide(attempt, 0.5, 1);
    attempt.returns('no');
    const view = await rig.finish(id);
    expect(view.taskRuns[0]?.state.name).toBe('Rejected');
    expect(view.verdict?.verdict.promoted).toBe(false);
  });

  it('needs metrics; the author hears what is missing', async () => {
    const { rig, script } = await manual();
    await rig.start();
    const reply = await script.attempt('promote-0', 1).ask({
      method: 'decideGate',
      ordinal: 0,
      conditions: [{ metric: 'recall', atLeast: 0.9 }],
      evidence: { metrics: {} },
    });
    expect(reply).toMatchObject({
      ok: false,
      failure: { name: 'BadGate', message: expect.stringContaining('recall') },
    });
  });
});

describe('a saved model', () => {
  it('is version 1 and the champion, with its lineage', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const attempt = script.attempt('promote-0', 1);
    await decide(attempt, 0.928);
    const weights = await put(attempt, 1, 2, 3);
    expect(valueOf(await save(attempt, weights))).toEqual({ version: 1 });
    attempt.returns('promoted');
    const view = await rig.finish(id);
    expect(view.model).toEqual({ name: 'sentiment', version: 1, bytes: 3 });
    const champion = await rig.engine.champion('sentiment');
    expect(champion).toMatchObject({
      alias: { version: 1, reason: `flow run ${view.created.name}: 0.928 is above 0.900` },
      version: {
        version: 1,
        contentHash: weights,
        metrics: { accuracy: 0.928 },
        lineage: { flowRunId: id, seed: 7, snapshot: 'snapshot', backend: 'wasm' },
      },
    });
    expect([...new Uint8Array(champion!.container)]).toEqual([1, 2, 3]);
  });

  it('is saved once: a repeat after a crash gets the first version', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const first = script.attempt('promote-0', 1);
    await save(first, await put(first, 1));
    await rig.restart();
    const second = script.attempt('promote-0', 2);
    expect(valueOf(await save(second, await put(second, 2)))).toEqual({ version: 1 });
    expect(valueOf(await save(second, await put(second, 3), 1))).toEqual({ version: 2 });
    second.returns(1);
    await rig.finish(id);
    expect(await rig.engine.modelVersions('sentiment')).toHaveLength(2);
  });

  it('moves the champion, and whoever watches is told from where', async () => {
    const { rig, script } = await manual();
    for (const expected of [{ to: 1 }, { from: 1, to: 2 }]) {
      const id = await rig.start();
      const attempt = script.attempt('promote-0', 1);
      await save(attempt, await put(attempt, expected.to));
      attempt.returns(1);
      await rig.finish(id);
      const moved = rig.feed.events(modelStream('sentiment')).at(-1);
      expect(moved).toMatchObject({ seq: expected.to, body: { kind: 'alias.moved', ...expected } });
    }
    expect(rig.feed.events(modelStream('sentiment'))).toEqual(
      await rig.store.events(modelStream('sentiment')),
    );
    expect((await rig.engine.modelVersions('sentiment')).map(({ version }) => version)).toEqual([
      1, 2,
    ]);
  });

  it('takes the next version even when two are saved at once', async () => {
    const { rig, script } = await manual();
    await rig.start({ parameters: { twice: true } });
    const attempts = [script.attempt('promote-0', 1), script.attempt('promote-1', 1)];
    const weights = await Promise.all(attempts.map((attempt, i) => put(attempt, i)));
    const replies = await Promise.all(attempts.map((attempt, i) => save(attempt, weights[i]!)));
    expect(replies.map((reply) => valueOf(reply))).toEqual([{ version: 1 }, { version: 2 }]);
  });

  it('is refused without its weights', async () => {
    const { rig, script } = await manual();
    await rig.start();
    expect(await save(script.attempt('promote-0', 1), hash(1))).toMatchObject({
      ok: false,
      failure: { message: 'The weights of sentiment were not kept before it was saved.' },
    });
    expect(await rig.engine.champion('sentiment')).toBeUndefined();
  });

  it('is one strict transaction of version, alias and events; the weights are stored before', async () => {
    const commits: { writes: readonly Write[]; durability: Durability | undefined }[] = [];
    const inner = createMemoryStore();
    const commit: Store['commit'] = (writes, durability) => {
      commits.push({ writes, durability });
      return inner.commit(writes, durability);
    };
    const { rig, script } = await manual({ store: { ...inner, commit } });
    await rig.start();
    const attempt = script.attempt('promote-0', 1);
    await save(attempt, await put(attempt, 1));
    const strict = commits.filter(({ durability }) => durability === 'strict');
    expect(strict).toHaveLength(1);
    const stores = strict[0]?.writes.map(({ store }) => store);
    expect(stores).toEqual(
      expect.arrayContaining(['modelVersions', 'aliases', 'flowRuns', 'events']),
    );
    expect(stores?.filter((store) => store === 'events')).toHaveLength(2);
  });

  it('answers the next task that asks for the champion', async () => {
    const { rig, script } = await manual();
    await rig.start();
    const attempt = script.attempt('promote-0', 1);
    const load = { method: 'loadModel', model: 'sentiment', which: 'champion' } as const;
    expect(valueOf(await attempt.ask(load))).toBeUndefined();
    const weights = await put(attempt, 9);
    await save(attempt, weights);
    expect(valueOf(await attempt.ask(load))).toEqual({ version: 1, hash: weights });
    const value = valueOf(await attempt.ask({ method: 'getValue', hash: weights }));
    expect(value).toEqual(Uint8Array.of(9).buffer);
    expect(await attempt.ask({ method: 'getValue', hash: hash(1) })).toMatchObject({
      ok: false,
      failure: { message: `Nothing is kept under ${hash(1)}.` },
    });
  });

  it('is kept beside the champion as challenger, and found by alias and by number', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const attempt = script.attempt('promote-0', 1);
    const [first, second] = [await put(attempt, 1), await put(attempt, 2)];
    await save(attempt, first);
    expect(valueOf(await save(attempt, second, 1, 'challenger'))).toEqual({ version: 2 });
    const find = async (which: ModelAlias | number) =>
      valueOf(await attempt.ask({ method: 'loadModel', model: 'sentiment', which }));
    expect(await find('champion')).toEqual({ version: 1, hash: first });
    expect(await find('challenger')).toEqual({ version: 2, hash: second });
    expect(await find(2)).toEqual({ version: 2, hash: second });
    expect(await find(3)).toBeUndefined();
    attempt.returns(1);
    await rig.finish(id);
    expect((await rig.store.get('flowRuns', id))?.modelVersion).toBe(1);
  });

  it('is one version when its run keeps it as challenger and then promotes it', async () => {
    const { rig, script } = await manual();
    const id = await rig.start();
    const attempt = script.attempt('promote-0', 1);
    const weights = await put(attempt, 5);
    expect(valueOf(await save(attempt, weights, 0, 'challenger'))).toEqual({ version: 1 });
    expect(valueOf(await save(attempt, weights, 1))).toEqual({ version: 1 });
    expect(valueOf(await save(attempt, weights, 1))).toEqual({ version: 1 });
    attempt.returns(1);
    await rig.finish(id);
    expect(await rig.engine.modelVersions('sentiment')).toHaveLength(1);
    expect(await rig.engine.modelAliases('sentiment')).toMatchObject([
      { alias: 'champion', version: 1 },
    ]);
    const history = await rig.engine.modelHistory('sentiment');
    expect(history.map(({ body }) => body.kind)).toEqual([
      'alias.moved',
      'alias.moved',
      'alias.removed',
    ]);
  });

  it('leaves the champion where it was moved since, when a lost attempt is repeated', async () => {
    const { rig, script } = await manual();
    await rig.start();
    const first = script.attempt('promote-0', 1);
    const weights = await put(first, 5);
    await save(first, await put(first, 4), 0);
    await save(first, weights, 1, 'challenger');
    await save(first, weights, 2);
    expect(await rig.engine.rollBack({ model: 'sentiment', reason: 'worse' })).toMatchObject({
      ok: true,
    });
    await rig.restart();
    const second = script.attempt('promote-0', 2);
    expect(valueOf(await save(second, weights, 2))).toEqual({ version: 2 });
    expect(await rig.engine.modelAliases('sentiment')).toMatchObject([
      { alias: 'champion', version: 1 },
    ]);
  });
});
