/** How a model is trained. Every field is optional for authors; `resolvePlan` fills in the rest. */
export interface TrainingPlan {
  /** Passes over all rows. */
  readonly iterations: number;
  readonly learningRate: number;
  /** Added to every count before the Naive Bayes ratio. */
  readonly smoothing: number;
  /** A word or pair must stand in this many rows to become a feature. */
  readonly minCount: number;
}

/**
 * Chosen by cross-validation on film, product and restaurant sentences: the ratio wants more smoothing than the
 * usual 1, thirty steps of Adam stop before it overfits (an L2 term only cost accuracy), and rare pairs help.
 */
const DEFAULTS = { iterations: 30, learningRate: 0.15, smoothing: 2 };
/** Above so many rows, what stands in one row only is most of the vocabulary and adds nothing. */
const MANY_ROWS = 20_000;

export class BadTrainingPlan extends Error {
  override readonly name = 'BadTrainingPlan';
}

/**
 * @throws BadTrainingPlan naming the field that is out of range
 */
export function resolvePlan(options: Partial<TrainingPlan>, rows: number): TrainingPlan {
  const minCount = rows > MANY_ROWS ? 2 : 1;
  const plan = { ...DEFAULTS, minCount, ...options };
  demand(
    Number.isInteger(plan.iterations) && plan.iterations >= 1,
    'iterations',
    'a whole number, at least 1',
  );
  demand(plan.learningRate > 0 && plan.learningRate < Infinity, 'learningRate', 'above 0');
  demand(plan.smoothing > 0 && plan.smoothing < Infinity, 'smoothing', 'above 0');
  demand(
    Number.isInteger(plan.minCount) && plan.minCount >= 1,
    'minCount',
    'a whole number, at least 1',
  );
  return plan;
}

function demand(isMet: boolean, field: keyof TrainingPlan, range: string): void {
  if (!isMet) throw new BadTrainingPlan(`SentimentModel.fit: ${field} must be ${range}.`);
}
