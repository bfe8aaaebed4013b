/** What authors import as `nightshift/ml`. Loads no TensorFlow.js by itself: training does, when it starts. */
export { Dataset, type Split } from './dataset.ts';
export { detectDrift, type DriftOptions, type DriftReport } from './detect-drift.ts';
export type { FitOptions } from './train-rows.ts';
export type { Scored } from './compare.ts';
export { gate, type Contest, type Gate } from './gate.ts';
export type { AgainstChampion, GateRules, Threshold } from './gate-rules.ts';
export { crossValidate, type CrossValidateOptions } from './cross-validate-split.ts';
export { loadDataset, type LoadOptions } from './load-dataset.ts';
export { loadRows, type LoadRowsOptions } from './load-rows.ts';
export { hashFeatures, startTensors, type HashedFeatures } from './hash-features.ts';
export { inspectRows, type BadRow, type QualityReport } from './quality.ts';
export type { Rows } from './rows.ts';
export { scoreRows, type ScoredRow } from './score-rows.ts';
export type { Explanation } from './predict.ts';
export type { Prediction } from './prediction.ts';
export { SentimentModel, type WhichModel } from './sentiment-model.ts';
export type { TopWord, TopWords } from '#domain/predictor-api.ts';
