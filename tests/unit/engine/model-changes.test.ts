import { describe, expect, it } from 'vitest';
import type { HostReply } from '#domain/host-api.ts';
import { asContentHash, modelStream } from '#domain/ids.ts';
import { MAX_MODEL_FILE_BYTES, MAX_REASON } from '#domain/model-api.ts';
import { MAX_VALUE_BYTES } from '#domain/host-api.ts';
import { StorageFull, type Durability, type Store, type Write } from '#domain/store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { scriptedRig, type EngineRig, type RigOptions } from '#tests/support/engine-rig.ts';
import type { Script, ScriptedAttempt } from '#tests/support/scripted-workers.ts';
import { smallModel } from '#tests/support/small-models.ts';
import { contentOf } from '#tests/support/store-content.ts';

const MODEL = 'sentiment';

const manual = (options: RigOptions = {}) =>
  scriptedRig({ tasks: { save: {} }, body: (flow) => flow.call('save') }, options);

function valueOf(reply: HostReply): unknown {
  if (reply.ok) return reply.value;
  throw new Error(JSON.stringify(reply.failure));
}

async function save(attempt: ScriptedAttempt, byte: number, alias: 'champion' | 'challenger') {
  const bytes = Uint8Array.of(byte).buffer;
  const hash = String(valueOf(await attempt.ask({ method: 'putValue', bytes })));
  const request = { model: MODEL, metrics: {}, snapshot: 's', backend: 'cpu', features: 5 };
  valueOf(
    await attempt.ask({ method: 'saveModel', ordinal: byte, hash, bytes: 1, alias, ...request }),
  );
  return asContentHash(hash);
}

/** As many runs, each of which saved one version and has ended. */
async function saved(
  { rig, script }: { rig: EngineRig; script: Script },
  ...aliases: readonly ('champion' | 'challenger')[]
) {
  const hashes = [];
  for (const [i, alias] of aliases.entries()) {
    const id = await rig.start();
    const attempt = script.attempt('save-0', 1);
    hashes.push(await save(attempt, i + 1, alias));
    attempt.returns('saved');
    await rig.finish(id);
  }
  return hashes;
}

const championOf = async (rig: EngineRig) => (await rig.engine.champion(MODEL))?.version.version;
const historyOf = async (rig: EngineRig) =>
  (await rig.engine.modelHistory(MODEL)).map(({ body }) => body);
const promote = (rig: EngineRig, version: number, reason = 'it reads better') =>
  rig.engine.moveAlias({ model: MODEL, alias: 'champion', version, reason });

describe('a promotion by hand', () => {
  it('moves the champion to a version that exists, and the history says why', async () => {
    const made = await manual();
    await saved(made, 'champion', 'challenger');
    const { rig } = made;
    expect(await promote(rig, 2, '  it reads better ')).toEqual({ ok: true, version: 2 });
    expect(await championOf(rig)).toBe(2);
    expect((await historyOf(rig)).slice(-2)).toEqual([
      {
        kind: 'alias.moved',
        model: MODEL,
        alias: 'champion',
        from: 1,
        to: 2,
        reason: 'it reads better',
      },
      {
        kind: 'alias.removed',
        model: MODEL,
        alias: 'challenger',
        from: 2,
        reason: 'it became the champion',
      },
    ]);
    expect(await rig.engine.modelAliases(MODEL)).toMatchObject([{ alias: 'champion', version: 2 }]);
    expect(rig.feed.events(modelStream(MODEL))).toEqual(await rig.store.events(modelStream(MODEL)));
  });

  it.each([
    [7, 'because', /There is no version 7 of 'sentiment'.*Choose another/],
    [1, 'because', /Version 1 is the champion already/],
    [1, ' ', /Write why/],
    [1, 'x'.repeat(MAX_REASON + 1), /longer than 500 characters/],
  ])('of version %i is refused where it makes no sense', async (version, reason, said) => {
    const made = await manual();
    await saved(made, 'champion');
    const before = await contentOf(made.rig.store);
    expect(await promote(made.rig, version, reason)).toEqual({
      ok: false,
      reason: expect.stringMatching(said),
    });
    expect(await contentOf(made.rig.store)).toEqual(before);
  });

  it('is refused for a version without weights: what is the champion can be read', async () => {
    const made = await manual();
    const [, second] = await saved(made, 'champion', 'challenger');
    await made.rig.store.commit([{ store: 'values', op: 'delete', key: second! }]);
    expect(await promote(made.rig, 2)).toMatchObject({ ok: false });
    expect(await championOf(made.rig)).toBe(1);
  });

  it('is one strict transaction, and changes nothing without room', async () => {
    const commits: { writes: readonly Write[]; durability: Durability | undefined }[] = [];
    const inner = createMemoryStore();
    let full = false;
    const commit: Store['commit'] = async (writes, durability) => {
      if (full) throw new StorageFull('The browser gave no more room.');
      commits.push({ writes, durability });
      return inner.commit(writes, durability);
    };
    const made = await manual({ store: { ...inner, commit } });
    await saved(made, 'champion', 'challenger');
    commits.length = 0;
    full = true;
    expect(await promote(made.rig, 2)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('Delete old runs'),
    });
    expect(await championOf(made.rig)).toBe(1);
    full = false;
    await promote(made.rig, 2);
    expect(commits.map(({ durability }) => durability)).toEqual(['strict']);
    expect(commits[0]?.writes.map(({ store }) => store).sort()).toEqual([
      'aliases',
      'aliases',
      'events',
      'events',
    ]);
  });

  it('may take the challenger away, and never the champion', async () => {
    const made = await manual();
    await saved(made, 'champion', 'challenger');
    const away = (alias: 'champion' | 'challenger') =>
      made.rig.engine.moveAlias({ model: MODEL, alias, version: undefined, reason: 'enough' });
    expect(await away('champion')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('something must answer'),
    });
    expect(await away('challenger')).toEqual({ ok: true, version: 2 });
    expect(await away('challenger')).toMatchObject({ ok: false });
    expect(await made.rig.engine.modelAliases(MODEL)).toHaveLength(1);
  });
});

describe('a rollback', () => {
  it('goes to the champion before, and again to the one before that', async () => {
    const made = await manual();
    await saved(made, 'champion', 'champion', 'champion');
    const back = (reason: string) => made.rig.engine.rollBack({ model: MODEL, reason });
    expect(await back('it fell on books')).toEqual({ ok: true, version: 2 });
    expect((await historyOf(made.rig)).at(-1)).toEqual({
      kind: 'alias.moved',
      model: MODEL,
      alias: 'champion',
      from: 3,
      to: 2,
      reason: 'it fell on books',
      rollback: true,
    });
    expect(await back('that too')).toEqual({ ok: true, version: 1 });
    expect(await back('and that')).toEqual({
      ok: false,
      reason: expect.stringContaining('no earlier champion'),
    });
    await made.rig.restart();
    expect(await championOf(made.rig)).toBe(1);
    await promote(made.rig, 3);
    expect(await back('again')).toEqual({ ok: true, version: 1 });
  });

  it('needs a reason, and a champion', async () => {
    const { rig } = await manual();
    expect(await rig.engine.rollBack({ model: MODEL, reason: '' })).toMatchObject({ ok: false });
    expect(await rig.engine.rollBack({ model: MODEL, reason: 'x' })).toMatchObject({ ok: false });
  });
});

describe('deleting a version', () => {
  it('takes what no alias points to; its number is never given again', async () => {
    const made = await manual();
    const { rig, script } = made;
    await saved(made, 'champion', 'challenger');
    await rig.engine.moveAlias({
      model: MODEL,
      alias: 'challenger',
      version: undefined,
      reason: 'enough',
    });
    expect(await rig.engine.deleteVersion(MODEL, 2)).toEqual({ ok: true, version: 2 });
    expect(await rig.engine.modelFile(MODEL, 2)).toBeUndefined();
    expect((await historyOf(rig)).at(-1)).toEqual({
      kind: 'version.deleted',
      model: MODEL,
      version: 2,
    });
    const id = await rig.start();
    const attempt = script.attempt('save-0', 1);
    await save(attempt, 9, 'champion');
    attempt.returns('saved');
    await rig.finish(id);
    expect((await rig.engine.modelVersions(MODEL)).map(({ version }) => version)).toEqual([1, 3]);
  });

  it.each([
    [1, 'Version 1 is the champion, so it stays. Promote another'],
    [2, 'Version 2 is the challenger, so it stays. Take that alias away'],
    [3, "There is no version 3 of 'sentiment'"],
  ])('%i is refused while it is needed or not there', async (version, reason) => {
    const made = await manual();
    await saved(made, 'champion', 'challenger');
    expect(await made.rig.engine.deleteVersion(MODEL, version)).toEqual({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });

  it('is refused while a run that is under way has loaded it, and the run goes on reading it', async () => {
    const made = await manual();
    const { rig, script } = made;
    await saved(made, 'champion', 'champion');
    const id = await rig.start();
    const attempt = script.attempt('save-0', 1);
    await attempt.ask({ method: 'loadModel', model: MODEL, which: 1 });
    const { name } = (await rig.store.get('flowRuns', id))!;
    expect(await rig.engine.deleteVersion(MODEL, 1)).toEqual({
      ok: false,
      reason: expect.stringContaining(`in use by the run '${name}', which is under way`),
    });
    attempt.returns('saved');
    await rig.finish(id);
    expect(await rig.engine.deleteVersion(MODEL, 1)).toEqual({ ok: true, version: 1 });
  });

  it('takes the weights with the last that needs them, and leaves the run that made it readable', async () => {
    const made = await manual();
    const { rig } = made;
    const [first] = await saved(made, 'champion', 'champion');
    await rig.engine.deleteVersion(MODEL, 1);
    expect(await rig.store.get('values', first!)).toBeDefined();
    const [oldest] = (await rig.engine.runs(10)).slice(-1);
    expect(oldest?.modelVersion).toBe(1);
    void rig.engine.retain({ oldest: 1 });
    const gone = async () =>
      (await rig.engine.runs(10)).length === 1 && (await rig.store.count('removals')) === 0;
    await rig.clock.until(gone, 'the run to be gone');
    expect(await rig.store.get('values', first!)).toBeUndefined();
    expect(await championOf(rig)).toBe(2);
  });
});

describe('importing a model file', () => {
  const file = smallModel(['good bad'], (feature) => feature).buffer;
  const request = { model: 'mine', fileName: 'mine-v1.nightshift-model', file };

  it('keeps it as the next version, which says where it is from', async () => {
    const { rig } = await manual();
    expect(await rig.engine.importModel(request)).toEqual({ ok: true, version: 1 });
    const other = smallModel(['good bad'], () => 1).buffer;
    expect(await rig.engine.importModel({ ...request, file: other, alias: 'challenger' })).toEqual({
      ok: true,
      version: 2,
    });
    expect(await rig.engine.modelVersions('mine')).toMatchObject([
      {
        version: 1,
        features: 3,
        metrics: { accuracy: 0.9 },
        lineage: {
          file: { name: 'mine-v1.nightshift-model', createdBy: 'a test', trainedRows: 3 },
          seed: 7,
          snapshot: 'sha256-abc',
          backend: 'cpu',
        },
      },
      { version: 2 },
    ]);
    expect(new Uint8Array((await rig.engine.modelFile('mine', 1))!)).toEqual(new Uint8Array(file));
    expect(await rig.engine.modelNames()).toEqual(['mine']);
    expect(await rig.engine.champion('mine')).toBeUndefined();
    expect(await rig.engine.modelAliases('mine')).toMatchObject([
      { alias: 'challenger', version: 2, reason: 'imported from mine-v1.nightshift-model' },
    ]);
    const move = { model: 'mine', alias: 'champion', version: 1, reason: 'try it' } as const;
    expect(await rig.engine.moveAlias(move)).toEqual({ ok: true, version: 1 });
    expect((await rig.engine.champion('mine'))?.version.version).toBe(1);
  });

  it('is loaded by tasks, without what it was trained on', async () => {
    const { rig, script } = await manual();
    await rig.engine.importModel(request);
    await rig.start();
    const found = await script
      .attempt('save-0', 1)
      .ask({ method: 'loadModel', model: 'mine', which: 1 });
    expect(valueOf(found)).toEqual({ version: 1, hash: expect.stringMatching(/^sha256-/) });
  });

  it.each([
    ['a name that is none', { ...request, model: '../x' }, /cannot be the name of a model/],
    ['something else', { ...request, file: new ArrayBuffer(50) }, /begin with NSMODEL1.*Choose a/],
    ['a part of it', { ...request, file: file.slice(0, -1) }, /bytes instead of.*copy it again/],
    [
      'what is too large',
      { ...request, file: new ArrayBuffer(MAX_MODEL_FILE_BYTES + 1) },
      /it has 65 MB, and a model may have 64/,
    ],
    [
      'weights that are no numbers',
      { ...request, file: smallModel(['a'], () => NaN).buffer },
      /not all of its weights are numbers/,
    ],
  ])('refuses %s with the reason, and changes nothing', async (_what, asked, reason) => {
    const { rig } = await manual();
    const before = await contentOf(rig.store);
    expect(await rig.engine.importModel(asked)).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
    });
    expect(await contentOf(rig.store)).toEqual(before);
  });

  it('takes what a task may keep', () => {
    expect(MAX_MODEL_FILE_BYTES).toBe(MAX_VALUE_BYTES);
  });

  it('refuses what is there already', async () => {
    const { rig } = await manual();
    await rig.engine.importModel(request);
    expect(await rig.engine.importModel(request)).toEqual({
      ok: false,
      reason: expect.stringContaining("it is version 1 of 'mine' already"),
    });
    expect(await rig.engine.modelVersions('mine')).toHaveLength(1);
  });

  it('comes back with the whole state in another browser', async () => {
    const { rig } = await manual();
    await rig.engine.importModel({ ...request, alias: 'challenger' });
    const { rig: other } = await manual();
    const state = await rig.engine.exportState();
    expect(await other.engine.importState(state)).toMatchObject({ ok: true });
    expect(await other.engine.modelVersions('mine')).toEqual(
      await rig.engine.modelVersions('mine'),
    );
    expect(await other.engine.modelHistory('mine')).toEqual(await rig.engine.modelHistory('mine'));
    expect(await other.engine.modelAliases('mine')).toHaveLength(1);
  });
});
