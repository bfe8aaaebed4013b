import type { Texts } from './shard.ts';

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

export type PlanOptions = { readonly [K in keyof TrainingPlan]?: TrainingPlan[K] | undefined };

/**
 * Chosen by cross-validation on film, product and restaurant sentences: the ratio wants more smoothing than the
 * usual 1, thirty steps of Adam stop before it overfits (an L2 term only cost accuracy), and rare pairs help.
 */
const FULL_BATCH = { iterations: 30, learningRate: 0.15, smoothing: 2 };
const MINI_BATCH = { epochs: 2, batchSize: 256, learningRate: 0.2, smoothing: 1 };
/** Above so many rows, what stands in one row only is most of the vocabulary and adds nothing. */
const MANY_ROWS = 20_000;

export class BadTrainingPlan extends Error {
  override readonly name = 'BadTrainingPlan';
}

/**
 * @throws BadTrainingPlan naming the field that is out of range, or that belongs to the other mode
 */
export function resolvePlan(options: PlanOptions, rows: Pick<Texts, 'count' | 'text'>): TrainingPlan {
  const mode = options.mode ?? modeFor(options, rows);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const minCount = rows.count > MANY_ROWS ? 2 : 1;
  const usual = { ...FULL_BATCH, ...MINI_BATCH, ...(mode === 'full-batch' ? FULL_BATCH : {}) };
  const plan: TrainingPlan = { ...usual, minCount, seed: 0, ...given, mode };
  demand(mode === 'full-batch' || mode === 'mini-batch', 'mode', "'full-batch' or 'mini-batch'");
  refuseOthers(options, mode);
  for (const field of ['iterations', 'epochs', 'batchSize', 'minCount'] as const)
    demand(Number.isInteger(plan[field]) && plan[field] >= 1, field, 'a whole number, at least 1');
  demand(plan.learningRate > 0 && plan.learningRate < Infinity, 'learningRate', 'above 0');
  demand(plan.smoothing > 0 && plan.smoothing < Infinity, 'smoothing', 'above 0');
  demand(Number.isSafeInteger(plan.seed), 'seed', 'a whole number');
  return plan;
}

function modeFor(options: PlanOptions, { count, text }: Pick<Texts, 'count' | 'text'>) {
  if (options.iterations !== undefined) return 'full-batch';
  if (options.epochs !== undefined || options.batchSize !== undefined) return 'mini-batch';
  return text.length / count > 400 ? 'mini-batch' : 'full-batch';
}

/** A setting that changes nothing would be believed to have worked. */
function refuseOthers(options: PlanOptions, mode: TrainingPlan['mode']): void {
  const others = mode === 'full-batch' ? (['epochs', 'batchSize'] as const) : (['iterations'] as const);
  for (const field of others)
    if (options[field] !== undefined)
      throw new BadTrainingPlan(
        `SentimentModel.fit: ${field} means nothing in ${mode} mode. Leave it out, or choose the other mode.`,
      );
}

function demand(isMet: boolean, field: keyof TrainingPlan, range: string): void {
  if (!isMet) throw new BadTrainingPlan(`SentimentModel.fit: ${field} must be ${range}.`);
}
