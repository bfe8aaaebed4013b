/** What authors import as `nightshift/ml`. Loads no TensorFlow.js by itself: training does, when it starts. */
export { Dataset, type Split } from './dataset.ts';
export type { FitOptions } from './fit.ts';
export { gate, type Gate, type GateRules } from './gate.ts';
export { loadDataset, type LoadOptions } from './load-dataset.ts';
export { SentimentModel, type WhichModel } from './sentiment-model.ts';
