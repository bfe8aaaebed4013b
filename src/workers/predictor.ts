import type { Explanation, PredictorApi } from '#domain/predictor-api.ts';
import { expose } from '#rpc/expose.ts';
import { KeptModels } from '#ml/kept-models.ts';
import { aboutModel } from '#ml/model-file.ts';
import { loadModel, type LoadedModel } from '#ml/predict.ts';
import { tensorFlowZip } from '#ml/tfjs-files.ts';
import { topWords } from '#ml/top-words.ts';

let model: LoadedModel | undefined;
const kept = new KeptModels();

function explained(by: LoadedModel, text: string): Explanation {
  const { label, probability, score, bias, tokens } = by.explain(text);
  const confidence = label === 1 ? probability : 1 - probability;
  return { label, confidence, score, bias, tokens };
}

const predictor: PredictorApi = {
  async load(container) {
    model = loadModel(new Uint8Array(container));
  },
  async explain(text) {
    if (!model) throw new Error('No model was loaded yet.');
    return explained(model, text);
  },
  async keep(key, container) {
    kept.keep(key, new Uint8Array(container));
  },
  async explainBy(key, text) {
    const found = kept.get(key);
    return found && explained(found.ready, text);
  },
  async describe(key) {
    const found = kept.get(key);
    return found && aboutModel(found.stored);
  },
  async topWords(key, most) {
    const found = kept.get(key);
    return found && topWords(found.stored, most);
  },
  async tensorFlowFiles(key) {
    const found = kept.get(key);
    return found && tensorFlowZip(found.stored).buffer;
  },
};

expose(predictor);
