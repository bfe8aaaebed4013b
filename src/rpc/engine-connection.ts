import * as Comlink from 'comlink';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import libraries from 'virtual:author-libraries';
import engineUrl from '#workers/engine.ts?worker&url';
import type { EngineApi, EngineSetup, FeedMessage } from '#domain/engine-api.ts';
import { onFeed } from './feed.ts';
import { startUnderPolicy } from './policy-worker.ts';
import { openSandbox } from './sandbox-host.ts';

export interface EngineConnection {
  readonly api: EngineApi;
  onMessage(listener: (message: FeedMessage) => void): () => void;
  /** Ends the engine and all author workers at once, as a crash would. */
  kill(): void;
}

const whyStopped = (message: string): string =>
  `The engine stopped: ${message || 'it could not be loaded'}. Reload the page.`;

const absolute = (address: string): string => new URL(address, document.baseURI).href;

/** Starts the engine worker and the sandbox. The store is not opened before `api.start(engineSetup(...))`. */
export async function connectEngine(): Promise<EngineConnection> {
  const worker = startUnderPolicy(absolute(engineUrl));
  const feed = new MessageChannel();
  const workshop = new MessageChannel();
  worker.postMessage({ feed: feed.port2, workshop: workshop.port2 }, [feed.port2, workshop.port2]);
  const sandbox = await openSandbox(workshop.port1);
  const listeners = new Set<(message: FeedMessage) => void>();
  worker.onerror = ({ message }) =>
    listeners.forEach((listener) => listener({ kind: 'stopped', reason: whyStopped(message) }));
  onFeed(feed.port1, (message) => listeners.forEach((listener) => listener(message)));
  return {
    api: Comlink.wrap<EngineApi>(worker),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    kill() {
      worker.terminate();
      sandbox.remove();
    },
  };
}

export function engineSetup(
  flows: Pick<EngineSetup, 'builtInFlows' | 'scheduledParameters'>,
): EngineSetup {
  return {
    baseUrl: new URL('./', document.baseURI).href,
    libraries: Object.fromEntries(
      Object.entries(libraries).map(([name, address]) => [name, absolute(address)]),
    ),
    wasmUrl: absolute(wasmUrl),
    ...flows,
    cores: navigator.hardwareConcurrency || 2,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
