import type { EngineApi, EngineStatus, FeedMessage } from '#domain/engine-api.ts';
import type { PredictorApi } from '#domain/predictor-api.ts';

/** The engine as the page reaches it; `#rpc/engine-connection.ts` makes the real one, tests a scripted one. */
export interface EngineConnection {
  readonly api: EngineApi;
  /** Opens the store and takes up interrupted runs. Listen before: the feed begins with it. */
  start(): Promise<EngineStatus>;
  onMessage(listener: (message: FeedMessage) => void): () => void;
  /** Terminates the engine and the author workers. */
  kill(): void;
}

/** Everything the page shows comes through these; none is called before the first paint. */
export interface Connectors {
  connectEngine(): Promise<EngineConnection>;
  connectPredictor(): Promise<PredictorApi>;
  /** Reads a file of the site; undefined when it is not there. */
  readAsset(path: string): Promise<Response | undefined>;
  /** Source texts of the other built-in flows, by id. */
  readonly flowSources: () => Promise<Readonly<Record<string, string>>>;
  /** Source text of the first built-in flow. */
  readonly builtInFlow: { readonly id: string; readonly fileName: string; readonly text: string };
}
