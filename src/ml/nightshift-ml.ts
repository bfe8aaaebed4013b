/** What authors import as `nightshift/ml`. Loads no TensorFlow.js by itself: training does, when it starts. */
export { Dataset, type Split } from './dataset.ts';
export type { FitOptions } from './fit.ts';
export { gate, type Gate, type GateRules } from './gate.ts';
export { loadDataset, type LoadOptions } from './load-dataset.ts';
export type { Explanation } from './predict.ts';
export type { Prediction } from './prediction.ts';
export { SentimentModel, type WhichModel } from './sentiment-model.ts';
export type { TopWord, TopWords } from '#domain/predictor-api.ts';
