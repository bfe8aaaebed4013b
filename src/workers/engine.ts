import { createCompiler } from '#compile/compiler.ts';
import { EngineHost } from '#engine/engine-host.ts';
import { createAuthorWorkers } from '#rpc/author-workers.ts';
import { expose, forbidCallbacks } from '#rpc/expose.ts';
import { portFeed } from '#rpc/feed.ts';
import { recordCodec } from '#rpc/record-codec.ts';
import { openStore } from './open-store.ts';
import { readLibraries } from './read-libraries.ts';
import {
  originDisk,
  sha256,
  siteAssets,
  systemClock,
  systemEntropy,
  tabLeadership,
} from './browser-ports.ts';

declare const __VERSION__: string;

interface Ports {
  readonly feed: MessagePort;
  readonly workshop: MessagePort;
}

// Both sides of this port are ours, but nothing of the page's may be called back through it.
forbidCallbacks();

addEventListener('message', function connect({ data, ports }: MessageEvent<Ports>) {
  if (ports.length !== 2) return;
  removeEventListener('message', connect);
  const feed = portFeed(data.feed);
  expose(
    new EngineHost(feed, async (setup, onClosed) => {
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
          workers: createAuthorWorkers({ port: data.workshop, libraries, now: () => Date.now() }),
          store: opened.store,
          feed,
          assets,
          disk: originDisk,
          records: recordCodec,
          runtime: `nightshift ${__VERSION__}`,
          poolSize: Math.max(1, Math.min(4, setup.cores - 1)),
          offsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
        },
      };
    }),
  );
});
