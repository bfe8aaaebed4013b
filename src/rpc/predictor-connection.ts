import * as Comlink from 'comlink';
import PredictorWorker from '#workers/predictor.ts?worker';
import type { PredictorApi } from '#domain/predictor-api.ts';

/** Answers sentences from a model container, away from the page's thread. */
export function connectPredictor(): Comlink.Remote<PredictorApi> {
  return Comlink.wrap<PredictorApi>(new PredictorWorker());
}
