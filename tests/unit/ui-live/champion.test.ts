import { describe, expect, it, vi } from 'vitest';
import type { PredictorApi } from '#domain/predictor-api.ts';
import { FakeEngine, fakePredictor } from '#tests/support/fake-engine.ts';
import { plainRequest } from '#tests/support/recorded.ts';
import { ChampionStore } from '#ui/live/champion.svelte.ts';
import type { Connectors } from '#ui/live/connections.ts';
import { EngineSession } from '#ui/live/engine-session.svelte.ts';

function connectors(change: Partial<Connectors> = {}): Connectors {
  return {
    connectEngine: () => Promise.resolve(new FakeEngine()),
    connectPredictor: () => Promise.resolve(fakePredictor),
    readAsset: () => Promise.resolve(new Response(new ArrayBuffer(8))),
    flowSources: async () => ({}),
    builtInFlow: { id: 'retrain-sentiment', fileName: 'flow.ts', text: '' },
    ...change,
  };
}

describe('try a sentence', () => {
  it('is answered by the model that ships with the site while there is no champion', async () => {
    const champion = new ChampionStore(connectors());
    expect(champion.status).toBe('loading');
    await champion.loadShipped();
    expect(champion.saysWho).toBe('version 0, shipped with the site');
    expect(champion.explanation?.label).toBe(0);
  });

  it('is answered by the champion once there is one', async () => {
    const past = [{ request: plainRequest, createdAt: Date.now() - 60_000 }];
    const session = new EngineSession(() => Promise.resolve(new FakeEngine({ past })));
    const champion = new ChampionStore(connectors());
    await Promise.all([champion.loadShipped(), champion.loadChampion(session)]);
    await champion.loadChampion(session);
    expect(champion.saysWho).toBe('champion v1');
  });

  it('answers what was typed last, however the answers come', async () => {
    const answers: ((label: 0 | 1) => void)[] = [];
    const explain: PredictorApi['explain'] = () =>
      new Promise((resolve) =>
        answers.push((label) => resolve({ label, confidence: 1, score: 0, bias: 0, tokens: [] })),
      );
    const predictor = { ...fakePredictor, explain };
    const champion = new ChampionStore(
      connectors({ connectPredictor: () => Promise.resolve(predictor) }),
    );
    const loaded = champion.loadShipped();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    champion.setText('good');
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(1);
    answers[0]?.(0);
    await loaded;
    expect(champion.explanation?.label).toBe(1);
  });

  it('says why it cannot answer', async () => {
    const missing = new ChampionStore(connectors({ readAsset: () => Promise.resolve(undefined) }));
    await missing.loadShipped();
    expect([missing.status, missing.reason]).toEqual([
      'failed',
      expect.stringMatching(/Press Run/),
    ]);

    const load = () => Promise.reject(new Error('The container is damaged.'));
    const damaged = new ChampionStore(
      connectors({ connectPredictor: () => Promise.resolve({ ...fakePredictor, load }) }),
    );
    await damaged.loadShipped();
    expect([damaged.status, damaged.reason]).toEqual(['failed', 'The container is damaged.']);
  });
});
