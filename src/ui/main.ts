import './theme/base.css';
import { mount } from 'svelte';
import retrainSentiment from '#flows/retrain-sentiment.ts?raw';
import type { FeedMessage } from '#domain/engine-api.ts';
import App from './App.svelte';
import type { Connectors } from './live/connections.ts';
import { Live } from './live/live.svelte.ts';

type FeedListener = (message: FeedMessage) => void;

const builtInFlow = { id: 'retrain-sentiment', fileName: 'flow.ts', text: retrainSentiment };

/** At night nobody looks: a model that is not better than the champion stays out. */
const scheduledParameters = { [builtInFlow.id]: { onlyIfBetter: true } };

const flowSources = async () => (await import('./flow-sources.ts')).FLOW_SOURCES;

const connectors: Connectors = {
  builtInFlow,
  flowSources,
  async connectEngine() {
    const rpc = await import('#rpc/engine-connection.ts');
    const connection = await rpc.connectEngine();
    const texts = { [builtInFlow.id]: builtInFlow.text, ...(await flowSources()) };
    const flows = Object.fromEntries(
      Object.entries(texts).map(([id, text]) => [id, [{ name: builtInFlow.fileName, text }]]),
    );
    const onMessage = (listener: FeedListener) => connection.onMessage(listener);
    return {
      api: connection.api,
      async start() {
        const status = await connection.api.start(
          rpc.engineSetup({ builtInFlows: flows, scheduledParameters }),
        );
        // For the console and the command line, once it can be used.
        Object.assign(globalThis, {
          nightshift: { engine: connection.api, onMessage, builtInFlows: flows },
        });
        return status;
      },
      onMessage,
      kill: () => connection.kill(),
    };
  },
  async connectPredictor() {
    const rpc = await import('#rpc/predictor-connection.ts');
    return rpc.connectPredictor();
  },
  async readAsset(path) {
    try {
      const response = await fetch(new URL(path, document.baseURI));
      // A development server answers what it does not have with the page itself.
      const found = response.ok && !response.headers.get('content-type')?.startsWith('text/html');
      return found ? response : undefined;
    } catch {
      return undefined;
    }
  },
};

const target = document.getElementById('app');
if (target) mount(App, { target, props: { live: new Live(connectors) } });
