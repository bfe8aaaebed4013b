import { describe, expect, it } from 'vitest';
import type { EngineApi } from '#domain/engine-api.ts';
import { MAX_MODEL_FILE_BYTES } from '#domain/model-api.ts';
import type { PredictorApi } from '#domain/predictor-api.ts';
import { alias, modelVersion } from '#tests/support/builders.ts';
import { FakeEngine, fakePredictor } from '#tests/support/fake-engine.ts';
import { EngineSession } from '#ui/live/engine-session.svelte.ts';
import { ModelDesk } from '#ui/live/model-desk.svelte.ts';

const VERSION = modelVersion();

function deskWith(change: Partial<EngineApi> = {}) {
  const engine = new FakeEngine();
  const api: EngineApi = {
    ...engine.api,
    modelNames: async () => ['sentiment', 'mine'],
    modelVersions: async () => [VERSION],
    modelAliases: async () => [alias()],
    modelHistory: async () => [],
    modelFile: async () => new ArrayBuffer(3),
    ...change,
  };
  const kept = new Set<string>();
  const keptFiles: number[] = [];
  const predictor: PredictorApi = {
    ...fakePredictor,
    keep: async (key, file) => {
      kept.add(key);
      keptFiles.push(file.byteLength);
    },
    explainBy: async (key, text) => (kept.has(key) ? fakePredictor.explain(text) : undefined),
  };
  const saved: { name: string; bytes: ArrayBuffer }[] = [];
  const start = () => engine.start();
  const connection = { api, start, onMessage: engine.onMessage, kill: engine.kill };
  const desk = new ModelDesk({
    session: new EngineSession(async () => connection),
    connectors: { connectPredictor: async () => predictor, readAsset: async () => undefined },
    save: (name, bytes) => saved.push({ name, bytes }),
  });
  return { desk, engine, keptFiles, saved };
}

describe('the models of the page', () => {
  it('are those of the model that the built-in flow trains, or of the one that is named', async () => {
    const { desk } = deskWith();
    await desk.load();
    expect([desk.phase, desk.model, desk.names]).toEqual([
      'ready',
      'sentiment',
      ['sentiment', 'mine'],
    ]);
    expect(desk.rows).toMatchObject([{ version: 1, aliases: ['champion'] }]);
    await desk.show('mine');
    expect(desk.model).toBe('mine');
  });

  it('hand a file to the predictor once, and ask it from then on', async () => {
    const { desk, keptFiles } = deskWith();
    await desk.load();
    const [row] = desk.rows;
    for (let i = 0; i < 3; i++)
      expect(await desk.ask(row!, (one, key) => one.explainBy(key, 'good'))).toBeDefined();
    expect(keptFiles).toEqual([3]);
  });

  it('say what came of a change, and why nothing did', async () => {
    const { desk } = deskWith({ rollBack: async () => ({ ok: true, version: 1 }) });
    await desk.load();
    expect(await desk.rollBack('it fell')).toBe(true);
    expect(desk.said).toEqual({
      text: 'Rolled back: v1 is the champion again.',
      failed: false,
    });
    expect(await desk.delete(1)).toBe(false);
    expect(desk.said).toEqual({ text: 'A scripted engine changes no model.', failed: true });
  });

  it('do not read a file that is too large', async () => {
    const { desk } = deskWith();
    const file = {
      name: 'huge.nightshift-model',
      size: MAX_MODEL_FILE_BYTES + 1,
      arrayBuffer: () => Promise.reject(new Error('It was read.')),
    };
    expect(await desk.import(file as unknown as File, 'mine', false)).toBe(false);
    expect(desk.said?.text).toMatch(/huge.nightshift-model was not imported: it has 65 MB/);
  });

  it('are downloaded under their name and number', async () => {
    const { desk, saved } = deskWith();
    await desk.load();
    await desk.downloadContainer(desk.rows[0]!);
    expect(saved.map(({ name }) => name)).toEqual(['sentiment-v1.nightshift-model']);
  });

  it('are read again when a run promotes', async () => {
    let versions = [VERSION];
    const { desk, engine } = deskWith({ modelVersions: async () => versions });
    await desk.load();
    versions = [VERSION, modelVersion({ version: 2 })];
    const body = {
      kind: 'alias.moved',
      model: 'sentiment',
      alias: 'champion',
      to: 2,
      reason: '',
    } as const;
    const event = { v: 2, streamId: 'model:sentiment', seq: 2, at: 1, body } as const;
    engine.say({ kind: 'event', event });
    await expect.poll(() => desk.rows.length).toBe(2);
  });
});
