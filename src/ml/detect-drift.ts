import { grouped } from './dataset-facts.ts';
import { DriftReference, type DriftFindings } from './drift.ts';
import { DRAWS, FALSE_ALARMS, THRESHOLDS, type Thresholds } from './drift-verdict.ts';
import type { Rows } from './rows.ts';
import type { SentimentModel } from './sentiment-model.ts';
import { taskHost } from './task-host.ts';

export interface DriftOptions {
  /** How far above chance a measure must be to matter, where it is not the usual. */
  readonly thresholds?: Partial<Thresholds>;
  /** How often a batch like the reference may be called drifted, 0..0.5; once in 200 times when absent. */
  readonly falseAlarms?: number;
}

export interface DriftReport extends DriftFindings {
  /** What the model was trained on. */
  readonly reference: { readonly dataset: string; readonly until: number; readonly rows: number };
  /** One sentence. */
  readonly summary: string;
}

/**
 * Compares a batch with what the model was trained on: scores, unknown words, word frequencies, and where there are
 * labels their balance and the model's accuracy. A measure fires when it is above what matters and above what chance
 * does with as many rows, which is found by drawing such batches from the reference.
 * @throws Error when what the model was trained on is not kept, RangeError when an option is out of range
 */
export async function detectDrift(
  model: SentimentModel,
  batch: Rows,
  { thresholds = {}, falseAlarms = FALSE_ALARMS }: DriftOptions = {},
): Promise<DriftReport> {
  const host = taskHost('detectDrift');
  if (!(falseAlarms > 0 && falseAlarms <= 0.5))
    throw new RangeError(
      `detectDrift: falseAlarms is above 0 and at most 0.5, not ${String(falseAlarms)}.`,
    );
  const data = model.trainingData();
  const [stored, train, heldOut, rows] = await Promise.all([
    model.stored(),
    data.train.rows(),
    data.test.rows(),
    batch.rows(),
  ]);
  await host.progress(0.3);
  const findings = new DriftReference(stored, train, heldOut).measure(rows, {
    thresholds: { ...THRESHOLDS, ...checked(thresholds) },
    falseAlarms,
    draws: DRAWS,
    seed: host.context.seed,
  });
  await host.progress(1);
  const reference = { dataset: data.name, until: data.until, rows: train.count + heldOut.count };
  return { ...findings, reference, summary: summaryOf(findings) };
}

function checked(thresholds: Partial<Thresholds>): Partial<Thresholds> {
  for (const [name, value] of Object.entries(thresholds))
    if (!(name in THRESHOLDS) || typeof value !== 'number' || !(value >= 0))
      throw new RangeError(
        `detectDrift: thresholds are numbers from 0, of ${Object.keys(THRESHOLDS).join(', ')}; ${name} is ${String(value)}.`,
      );
  return thresholds;
}

function summaryOf({ drifted, rows, trained, measures }: DriftFindings): string {
  const left = trained > 0 ? ` (${grouped(trained)} it was trained on are left out)` : '';
  if (rows === 0)
    return `Nothing to compare: the model was trained on all ${grouped(trained)} rows.`;
  const fired = measures.filter((one) => one.fired).map(({ title }) => title.toLowerCase());
  return drifted
    ? `Drift: ${fired.join(', ')} of ${grouped(rows)} rows${left}`
    : `No drift in ${grouped(rows)} rows${left}`;
}
