import { NO_ROWS } from '#domain/rows.ts';
import { importRequest } from '#tests/support/import-rows.ts';
import { describe, expect, it } from 'vitest';
import type { EngineSetup, RunRequest } from '#domain/engine-api.ts';
import type { Leadership } from '#domain/ports.ts';
import { EngineHost } from '#engine/engine-host.ts';
import type { EnginePorts } from '#engine/ports.ts';
import { readModelFile } from '#ml/model-file.ts';
import { recordCodec } from '#rpc/record-codec.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { SOME_TIME } from '#tests/support/builders.ts';
import { InProcessWorkers } from '#tests/support/in-process-workers.ts';
import { Script } from '#tests/support/scripted-workers.ts';
import {
  RecordingFeed,
  seededEntropy,
  sha256,
  someAssets,
  someDisk,
} from '#tests/support/small-ports.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';

const SETUP: EngineSetup = {
  baseUrl: 'http://localhost/',
  libraries: {},
  wasmUrl: 'http://localhost/wasm',
  builtInFlows: {},
  cores: 2,
  timezone: 'UTC',
};
const REQUEST: RunRequest = {
  flowId: 'f',
  files: [],
  parameters: {},
  overrides: {},
  faults: [],
  seed: 7,
  trigger: { kind: 'person' },
};

function hostWith(leadership: Leadership, storageReason?: string) {
  const feed = new RecordingFeed();
  const clock = new VirtualClock(SOME_TIME);
  const script = new Script({ tasks: {}, body: async () => 1 });
  let close: (reason: string) => void = () => undefined;
  const ports: EnginePorts = {
    clock,
    entropy: seededEntropy(1),
    hasher: sha256,
    compiler: {
      compile: async () => ({
        ok: true,
        program: { sourceHash: await sha256.hash(new ArrayBuffer(0)), entry: '', modules: {} },
        taskLines: {},
        taskSources: {},
      }),
    },
    workers: new InProcessWorkers(script.authorSide, () => clock.now()),
    store: createMemoryStore(),
    feed,
    assets: someAssets({}),
    disk: someDisk,
    records: recordCodec,
    modelFiles: { read: readModelFile },
    runtime: 'nightshift test',
    poolSize: 1,
    offsetMinutes: () => 0,
  };
  const host = new EngineHost(feed, async (_setup, onClosed) => {
    close = onClosed;
    return { ports, leadership, storageReason };
  });
  return { host, feed, clock, closeStore: (reason: string) => close(reason) };
}

const leads: Leadership = {
  async acquire(onLeading) {
    onLeading();
    return 'leading';
  },
};

describe('the engine of a tab', () => {
  it('leads when no other tab does, and says where it keeps things', async () => {
    const { host } = hostWith(leads, 'The browser refused to open IndexedDB.');
    expect(await host.start(SETUP)).toEqual({
      role: 'leader',
      storage: 'memory',
      storageReason: 'The browser refused to open IndexedDB.',
      arrivalDay: 30,
    });
    expect(await host.startRun(REQUEST)).toMatchObject({ ok: true });
  });

  it('waits while another leads, starts nothing, and takes over when that is gone', async () => {
    let takeOver: () => void = () => undefined;
    const { host, feed, clock } = hostWith({
      async acquire(onLeading) {
        takeOver = onLeading;
        return 'waiting';
      },
    });
    expect(await host.start(SETUP)).toMatchObject({ role: 'waiting' });
    expect(await host.startRun(REQUEST)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('Another tab of this site runs') }],
    });
    takeOver();
    await clock.settle();
    expect(feed.of('status').map(({ status }) => status.role)).toEqual(['leader']);
    expect(await host.startRun(REQUEST)).toMatchObject({ ok: true });
  });

  it('deletes and loads nothing while another leads, and hands out what is stored', async () => {
    const { host } = hostWith({ acquire: async () => 'waiting' });
    await host.start(SETUP);
    const refused = { ok: false, reason: expect.stringContaining('Another tab of this site runs') };
    expect(await host.retain({ oldest: 1 })).toEqual(refused);
    expect(await host.setRetention({ keepRuns: 1 })).toEqual(refused);
    expect(await host.importState(new ArrayBuffer(0))).toEqual(refused);
    const [model, reason] = ['sentiment', 'because'];
    const move = { model, alias: 'champion', version: 1, reason } as const;
    expect(await host.moveAlias(move)).toEqual(refused);
    expect(await host.rollBack({ model, reason })).toEqual(refused);
    expect(await host.deleteVersion(model, 1)).toEqual(refused);
    const file = { model, fileName: 'a', file: new ArrayBuffer(0) };
    expect(await host.importModel(file)).toEqual(refused);
    expect((await host.exportState()).byteLength).toBeGreaterThan(20);
    expect((await host.storageUse()).runs).toBe(0);
  });

  it('imports and deletes no dataset while another leads', async () => {
    const { host } = hostWith({ acquire: async () => 'waiting' });
    await host.start(SETUP);
    const refused = { ok: false, reason: expect.stringContaining('Another tab of this site runs') };
    expect(await host.beginImport(importRequest())).toEqual(refused);
    expect(await host.deleteDataset('mine')).toEqual(refused);
    expect(await host.appendRows('x', { rows: NO_ROWS })).toMatchObject({ ok: false });
    expect(await host.commitImport('x')).toMatchObject({ ok: false });
    expect(await host.datasets()).toEqual([]);
  });

  it('tells its status again after a file was loaded', async () => {
    const { host } = hostWith(leads);
    await host.start(SETUP);
    const file = await host.exportState();
    const { host: other, feed } = hostWith(leads);
    await other.start(SETUP);
    expect(await other.importState(file)).toEqual({ ok: true, runs: 0, skipped: 0 });
    expect(feed.of('status').map(({ status }) => status.role)).toEqual(['leader']);
  });

  it('tells when its store is closed by others', async () => {
    const { host, feed, closeStore } = hostWith(leads);
    await host.start(SETUP);
    closeStore('Another tab runs a newer Nightshift: reload this page.');
    expect(feed.stopped).toEqual(['Another tab runs a newer Nightshift: reload this page.']);
  });

  it('keeps what is asked before it was started, and answers then', async () => {
    const { host } = hostWith(leads);
    const runs = host.runs(1);
    await host.start(SETUP);
    expect(await runs).toEqual([]);
  });
});
