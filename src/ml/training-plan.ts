import type { RowBatch } from '#domain/rows.ts';

/** How a model is trained. Every field is optional for authors; `resolvePlan` fills in the rest. */
export interface TrainingPlan {
  /** Each step of the optimizer looks at all rows, or at a batch of them. The rows decide when it is absent. */
  readonly mode: 'full-batch' | 'mini-batch';
  /** Passes over all rows, in full-batch mode. */
  readonly iterations: number;
  /** Passes over all rows, in mini-batch mode. */
  readonly epochs: number;
  /** Rows a step, in mini-batch mode. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** Added to every count before the Naive Bayes ratio. */
  readonly smoothing: number;
  /** A word or pair must stand in this many rows to become a feature. */
  readonly minCount: number;
  /** Of the order of the rows in mini-batch mode. */
  readonly seed: number;
}

/** What authors may give of it. */
export type PlanOptions = { readonly [K in keyof TrainingPlan]?: TrainingPlan[K] | undefined };

type Size = Pick<RowBatch, 'count' | 'text' | 'labels'>;
type Mode = TrainingPlan['mode'];

/**
 * Chosen by cross-validation on training rows of film, product and restaurant sentences: the ratio wants more smoothing
 * than the usual 1, twenty steps of Adam stop before it overfits (an L2 term only cost accuracy; thirty at a rate of 0.15
 * were as good and took longer), and rare pairs help.
 */
const FULL_BATCH = { iterations: 20, learningRate: 0.25, smoothing: 2 };
/**
 * Where one label is rare, its few rows need more steps: on phrases with 10 % positive, 91.3 % of the rows kept back (F1
 * 0.36) after twenty, 91.7 % (0.42) after forty, no better after more.
 */
const RARE = { share: 0.25, iterations: 40 };
/** Chosen on rows kept back from the training rows of film and product reviews, 800 to 20,000 of them. */
const MINI_BATCH = { batchSize: 256, learningRate: 0.15, smoothing: 1 };
/** Few rows make few steps an epoch, and stop too early after two. */
const LEAST_STEPS = 75;
const EPOCHS = { least: 2, most: 5 };
/**
 * Mean bytes a row from which mini-batches learn better. A long text has many features that repeat what others say;
 * small steps weigh them against each other. In a short one almost every feature is the only one of its kind, and
 * small steps fit it too closely. Measured on rows kept back from training: reviews cut to 300 bytes 83.4 % in full
 * batches and 82.5 % in small ones, to 600 bytes 88.3 and 87.6; whole, of 750 bytes 86.7 and 87.7, of 1,300 bytes
 * 92.2 and 93.0. The number of rows changed nothing about that.
 */
const LONG_ROW_BYTES = 700;
/** Above so many rows, what stands in one row only is most of the vocabulary and adds nothing. */
const MANY_ROWS = 20_000;

export class BadTrainingPlan extends Error {
  override readonly name = 'BadTrainingPlan';
}

/**
 * @param rows that are to be trained on: their number, length and labels decide what is not given
 * @param hasOptimizer that is not ours: it looks at all rows a step
 * @throws BadTrainingPlan naming the field that is out of range, or that belongs to the other mode
 */
export function resolvePlan(options: PlanOptions, rows: Size, hasOptimizer = false): TrainingPlan {
  const mode = options.mode ?? modeFor(options, rows, hasOptimizer);
  demand(mode === 'full-batch' || mode === 'mini-batch', 'mode', "'full-batch' or 'mini-batch'");
  refuseOthers(options, mode, hasOptimizer);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const plan: TrainingPlan = { ...defaultsFor(mode, options, rows), ...Object.fromEntries(given) };
  for (const field of ['iterations', 'epochs', 'batchSize', 'minCount'] as const)
    demand(Number.isInteger(plan[field]) && plan[field] >= 1, field, 'a whole number, at least 1');
  demand(plan.learningRate > 0 && plan.learningRate < Infinity, 'learningRate', 'above 0');
  demand(plan.smoothing > 0 && plan.smoothing < Infinity, 'smoothing', 'above 0');
  demand(Number.isSafeInteger(plan.seed), 'seed', 'a whole number');
  return plan;
}

function modeFor(options: PlanOptions, { count, text }: Size, hasOptimizer: boolean): Mode {
  if (options.iterations !== undefined || hasOptimizer) return 'full-batch';
  if (options.epochs !== undefined || options.batchSize !== undefined) return 'mini-batch';
  return text.length >= LONG_ROW_BYTES * count ? 'mini-batch' : 'full-batch';
}

function defaultsFor(mode: Mode, { batchSize }: PlanOptions, rows: Size): TrainingPlan {
  const { count } = rows;
  const minCount = count > MANY_ROWS ? 2 : 1;
  const iterations = rareShare(rows) < RARE.share ? RARE.iterations : FULL_BATCH.iterations;
  const usual = { mode, iterations, ...MINI_BATCH, epochs: EPOCHS.least, minCount, seed: 0 };
  if (mode === 'full-batch') return { ...usual, ...FULL_BATCH, iterations };
  const steps = Math.max(1, Math.ceil(count / (batchSize ?? MINI_BATCH.batchSize)));
  const wanted = Math.ceil(LEAST_STEPS / steps);
  return { ...usual, epochs: Math.min(Math.max(wanted, EPOCHS.least), EPOCHS.most) };
}

/** Of the rows with the rarer label. */
function rareShare({ count, labels }: Size): number {
  const positive = labels.reduce((sum, label) => sum + label, 0) / Math.max(1, count);
  return Math.min(positive, 1 - positive);
}

/** A setting that changes nothing would be believed to have worked. */
function refuseOthers(options: PlanOptions, mode: Mode, hasOptimizer: boolean): void {
  const foreign =
    mode === 'full-batch' ? (['epochs', 'batchSize'] as const) : (['iterations'] as const);
  const given: readonly string[] = foreign.filter((field) => options[field] !== undefined);
  const misfits = mode === 'mini-batch' && hasOptimizer ? [...given, 'optimizer'] : given;
  if (misfits.length === 0) return;
  throw new BadTrainingPlan(
    `SentimentModel.fit: ${misfits.join(' and ')} must be left out in ${mode} mode, where it means nothing: ` +
      'full-batch mode has iterations and may have an optimizer, mini-batch mode has epochs and batchSize.',
  );
}

function demand(isMet: boolean, field: keyof TrainingPlan, range: string): void {
  if (!isMet) throw new BadTrainingPlan(`SentimentModel.fit: ${field} must be ${range}.`);
}
