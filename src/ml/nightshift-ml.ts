/** What authors import as `nightshift/ml`. Loads no TensorFlow.js by itself: training does, when it starts. */
export { Dataset, type Split } from './dataset.ts';
export type { FitOptions } from './train-rows.ts';
export type { Scored } from './compare.ts';
export { gate, type Contest, type Gate } from './gate.ts';
export type { AgainstChampion, GateRules, Threshold } from './gate-rules.ts';
export { loadDataset, type LoadOptions } from './load-dataset.ts';
export { SentimentModel, type WhichModel } from './sentiment-model.ts';
