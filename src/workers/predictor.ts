import type { PredictorApi } from '#domain/predictor-api.ts';
import { expose } from '#rpc/expose.ts';
import { loadModel, type LoadedModel } from '#ml/predict.ts';

let model: LoadedModel | undefined;

const predictor: PredictorApi = {
  async load(container) {
    model = loadModel(new Uint8Array(container));
  },
  async explain(text) {
    if (!model) throw new Error('No model was loaded yet.');
    const { label, probability, tokens } = model.explain(text);
    return { label, confidence: label === 1 ? probability : 1 - probability, tokens };
  },
};

expose(predictor);
