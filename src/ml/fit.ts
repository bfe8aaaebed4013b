import { authorHost, type AuthorHost } from '#domain/author-host.ts';
import type { RowBatch } from '#domain/rows.ts';
import { packCheckpoint, readCheckpoint } from './checkpoint.ts';
import { packModel } from './container.ts';
import { contentId } from './content-id.ts';
import type { Split } from './dataset.ts';
import { grouped, type DatasetFacts } from './dataset-facts.ts';
import type { EvaluationNumbers } from './evaluation.ts';
import { assistantsOf } from './host-assistants.ts';
import { stepsOf } from './batch-source.ts';
import { loadTensors, type LoadedTensors } from './tensor.ts';
import { TOKENISER_VERSION } from './tokenise.ts';
import {
  finished,
  prepareTraining,
  runTraining,
  type FitOptions,
  type PreparedTraining,
  type TrainedRows,
} from './train-rows.ts';
import { TrainingReport } from './training-report.ts';
import type { TrainingState } from './training-run.ts';

/** A trained model and what is known of it. */
export interface FittedModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly features: number;
  readonly snapshot: string;
  /** Absent where the rows cannot be read again. */
  readonly data?: DatasetFacts;
  readonly backend: string;
  readonly metrics: EvaluationNumbers | Readonly<Record<string, never>>;
}

/**
 * Trains on a split and tells the host about it: metrics, a few log lines, progress and checkpoints. Goes on from a
 * checkpoint of the same training when there is one.
 * @throws TrainingDiverged, BadTrainingPlan, BadTrainingRows, TooManyFeatures, BadDataset
 */
export async function fit(split: Split, options: FitOptions): Promise<FittedModel> {
  const host = authorHost('SentimentModel.fit');
  const [rows, heldOut] = await Promise.all([split.rows(), split.heldOut?.rows()]);
  // The library is loaded while assistants read.
  const [tensors, prepared] = await Promise.all([
    loadTensors(() => host.wasm()),
    prepareTraining(rows, {
      options: { ...options, seed: options.seed ?? split.dataset.seed },
      heldOut,
      openAssistants: () => assistantsOf(host),
    }),
  ]);
  host.log('INFO', opening(rows, prepared, tensors));
  const id = trainingId(split, prepared, tensors.backend);
  const report = new TrainingReport(host, {
    plan: prepared.plan,
    rows: rows.count,
    heldOut: prepared.heldOut,
    now: () => performance.now(), // for speed only; nothing is decided by it
  });
  const weights = await runTraining(tensors.tf, prepared, {
    from: await findCheckpoint(host, prepared, id),
    onStep: (step) => report.step(step, () => packCheckpoint(id, step.state())),
  });
  return fitted(split, await finished(prepared, weights), rows.count, tensors.backend);
}

async function findCheckpoint(
  host: AuthorHost,
  { plan, problem }: PreparedTraining,
  id: string,
): Promise<TrainingState | undefined> {
  const bytes = await host.loadCheckpoint();
  if (!bytes) return undefined;
  const found = readCheckpoint(id, bytes);
  if (found.kind === 'unusable') {
    host.log('INFO', `Starting afresh: there is a checkpoint, but ${found.reason}`);
    return undefined;
  }
  const steps = stepsOf(plan, problem.matrix.rows);
  const step = plan.mode === 'full-batch' ? 'iteration' : 'batch';
  const done = grouped(found.state.iteration);
  host.log('INFO', `Going on after ${step} ${done} of ${grouped(steps)} from a checkpoint`);
  return found.state;
}

function fitted(
  split: Split,
  trained: TrainedRows,
  trainedRows: number,
  backend: string,
): FittedModel {
  const { snapshot, seed } = split.dataset;
  const data = split.data ? { data: split.data } : {};
  const metrics = trained.evaluation ?? {};
  const origin = { trainedRows, seed, snapshot, backend, metrics, createdBy: 'nightshift/ml' };
  const features = trained.weights.length;
  return { bytes: packModel(origin, trained), features, snapshot, ...data, backend, metrics };
}

function opening(
  rows: RowBatch,
  { plan, problem: { matrix }, assistants }: PreparedTraining,
  { backend, reason }: LoadedTensors,
): string {
  const positive = rows.labels.reduce((sum, label) => sum + label, 0);
  const helped = assistants === 0 ? '' : `, ${assistants + 1} workers read texts`;
  return (
    `Training on ${grouped(rows.count)} rows (${grouped(positive)} positive), ` +
    `${grouped(matrix.columns)} features, backend ${backend} (${reason}), ${plan.mode}${helped}`
  );
}

function trainingId(split: Split, { plan, optimizer }: PreparedTraining, backend: string): string {
  const { snapshot } = split.dataset;
  const how = { plan, optimizer: String(optimizer), tokeniser: TOKENISER_VERSION, backend };
  return contentId({ snapshot, role: split.role, ...how });
}
