import type { RowBatch } from '#domain/rows.ts';
import { refuseBadRows, refuseNoFeatures } from './bad-rows.ts';
import type { Evaluation } from './evaluation.ts';
import { HeldOut } from './held-out.ts';
import type { Helper } from './helper.ts';
import { learnInShards } from './learn-in-shards.ts';
import type { Tensors } from './tensor.ts';
import { trainingSteps, type MakeOptimizer, type TrainingStep } from './training.ts';
import { resolvePlan, type PlanOptions, type TrainingPlan } from './training-plan.ts';
import { problemOf, type TrainingProblem } from './training-problem.ts';
import { restoredWeights, type ServingWeights, type TrainingState } from './training-run.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface FitOptions extends PlanOptions {
  /** Our own Adam when absent. One of the library's looks at all rows a step: full-batch mode. */
  readonly optimizer?: MakeOptimizer | undefined;
}

export interface TrainingSetup {
  readonly options?: FitOptions;
  /** Scored in the end, and when asked for; never learned from. */
  readonly heldOut?: RowBatch | undefined;
  /** Asked when there is so much text that help pays. */
  readonly openHelpers?: (() => Promise<readonly Helper[]>) | undefined;
}

/** Rows in features, ready to be trained on. */
export interface PreparedTraining {
  readonly plan: TrainingPlan;
  readonly optimizer: MakeOptimizer | undefined;
  readonly problem: TrainingProblem;
  readonly heldOut: HeldOut | undefined;
  /** Helpers that were there. */
  readonly helpers: number;
}

export interface TrainedRows extends ServingWeights {
  readonly plan: TrainingPlan;
  readonly vocabulary: Vocabulary;
  /** Present when there were held-out rows. */
  readonly evaluation?: Evaluation;
}

/**
 * Below so much text (bytes, training and held-out) a helper takes longer to start than it saves: one takes about 0.1
 * s, and a megabyte about 0.04 s.
 */
export const HELP_FROM_BYTES = 8 * 1024 * 1024;

/**
 * Rows to model: all that `SentimentModel.fit` does but for talking to a run.
 * @throws TrainingDiverged, BadTrainingPlan, BadTrainingRows, TooManyFeatures
 */
export async function trainRows(
  tf: Tensors,
  rows: RowBatch,
  setup: TrainingSetup = {},
): Promise<TrainedRows> {
  const prepared = await prepareTraining(rows, setup);
  const weights = await runTraining(tf, prepared);
  return finished(prepared, weights);
}

/** @throws BadTrainingPlan, BadTrainingRows, TooManyFeatures */
export async function prepareTraining(
  rows: RowBatch,
  { options = {}, heldOut, openHelpers }: TrainingSetup,
): Promise<PreparedTraining> {
  const { optimizer, ...given } = options;
  const plan = resolvePlan(given, rows, optimizer !== undefined);
  refuseBadRows(rows);
  const textBytes = rows.text.length + (heldOut?.text.length ?? 0);
  const helpers = (textBytes >= HELP_FROM_BYTES ? await openHelpers?.() : undefined) ?? [];
  const features = await learnInShards(rows, plan.minCount, helpers);
  refuseNoFeatures(features.matrix.columns, rows.count, plan.minCount);
  return {
    plan,
    optimizer,
    helpers: helpers.length,
    heldOut: heldOut && new HeldOut(heldOut, features.vocabulary, helpers),
    problem: problemOf(features, rows.labels, plan.smoothing),
  };
}

/** What a training may do besides. */
export interface TrainingCompany {
  /** The state of an earlier attempt to go on from. */
  readonly from?: TrainingState | undefined;
  /** Awaited after every step. */
  readonly onStep?: (step: TrainingStep) => Promise<void>;
}

/** @throws TrainingDiverged */
export async function runTraining(
  tf: Tensors,
  { plan, problem, optimizer }: PreparedTraining,
  { from, onStep }: TrainingCompany = {},
): Promise<ServingWeights> {
  // A state of the last step leaves nothing to do.
  let weights = from ? restoredWeights(from, problem) : undefined;
  for await (const done of trainingSteps(tf, problem, plan, optimizer, from)) {
    await onStep?.(done);
    if (done.step === done.steps) weights = done.weights();
  }
  if (!weights) throw new Error('A training ended without a step.');
  return weights;
}

export async function finished(
  { plan, problem: { vocabulary }, heldOut }: PreparedTraining,
  weights: ServingWeights,
): Promise<TrainedRows> {
  const evaluation = await heldOut?.evaluate(weights);
  return { plan, vocabulary, ...weights, ...(evaluation ? { evaluation } : {}) };
}
