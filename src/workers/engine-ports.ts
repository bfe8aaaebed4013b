import { createCompiler } from '#compile/compiler.ts';
import type { EngineSetup } from '#domain/engine-api.ts';
import type { Feed } from '#domain/ports.ts';
import type { OpenedPorts } from '#engine/engine-host.ts';
import { readModelFile } from '#ml/model-file.ts';
import { createAuthorWorkers } from '#rpc/author-workers.ts';
import { recordCodec } from '#rpc/record-codec.ts';
import {
  originDisk,
  sha256,
  siteAssets,
  systemClock,
  systemEntropy,
  tabLeadership,
} from './browser-ports.ts';
import { openStore } from './open-store.ts';
import { readLibraries } from './read-libraries.ts';

declare const __VERSION__: string;

/** What the page carries to the engine worker. */
export interface EngineChannels {
  readonly feed: Feed;
  readonly workshop: MessagePort;
}

/** Everything that the engine touches of the world, in a browser. */
export async function openEnginePorts(
  { feed, workshop }: EngineChannels,
  setup: EngineSetup,
  onClosed: (reason: string) => void,
): Promise<OpenedPorts> {
  const assets = siteAssets(setup.baseUrl, { ...setup.libraries, wasm: setup.wasmUrl });
  const { libraries, exports } = await readLibraries(assets, Object.keys(setup.libraries));
  const opened = await openStore(setup.baseUrl, onClosed);
  return {
    storageReason: opened.reason,
    leadership: tabLeadership(`nightshift-leader ${setup.baseUrl}`),
    ports: {
      clock: systemClock,
      entropy: systemEntropy,
      hasher: sha256,
      compiler: createCompiler(sha256, { exports }),
      workers: createAuthorWorkers({ port: workshop, libraries, now: () => Date.now() }),
      store: opened.store,
      feed,
      assets,
      disk: originDisk,
      records: recordCodec,
      modelFiles: { read: readModelFile },
      runtime: `nightshift ${__VERSION__}`,
      poolSize: Math.max(1, Math.min(4, setup.cores - 1)),
      offsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
    },
  };
}
