import { authorHost, type AuthorHost } from '#domain/author-host.ts';
import type { RowBatch } from '#domain/rows.ts';
import { packCheckpoint, readCheckpoint } from './checkpoint.ts';
import { packModel } from './container.ts';
import { contentId } from './content-id.ts';
import type { Split } from './dataset.ts';
import { grouped, type DatasetFacts } from './dataset-facts.ts';
import { evaluate, type Evaluation } from './evaluation.ts';
import { Scorer } from './scorer.ts';
import { loadTensors, type LoadedTensors } from './tensor.ts';
import { TOKENISER_VERSION } from './tokenise.ts';
import { adam, trainingIterations, type MakeOptimizer } from './training.ts';
import { resolvePlan, type TrainingPlan } from './training-plan.ts';
import { trainingProblem, type TrainingProblem } from './training-problem.ts';
import { TrainingReport, watchHeldOut } from './training-report.ts';
import { restoredWeights, type ServingWeights, type TrainingState } from './training-run.ts';

export interface FitOptions extends Partial<TrainingPlan> {
  /** Adam when absent. */
  readonly optimizer?: MakeOptimizer;
}

/** A trained model and what is known of it. */
export interface FittedModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly features: number;
  readonly snapshot: string;
  readonly data: DatasetFacts;
  readonly backend: string;
  readonly metrics: Evaluation | Readonly<Record<string, never>>;
}

/**
 * Trains on a split and tells the host about it: metrics, a few log lines, progress and checkpoints. Goes on from a
 * checkpoint of the same training when there is one.
 * @throws TrainingDiverged, BadTrainingPlan, BadDataset
 */
export async function fit(
  split: Split,
  { optimizer = adam, ...options }: FitOptions,
): Promise<FittedModel> {
  const host = authorHost('SentimentModel.fit');
  const plan = resolvePlan(options, split.count);
  const rows = await split.rows();
  const heldOut = await split.heldOut?.rows();
  const tensors = await loadTensors(() => host.wasm());
  const problem = trainingProblem(rows, plan);
  host.log('INFO', opening(rows, problem, tensors));
  const training = {
    host,
    plan,
    problem,
    heldOut,
    optimizer,
    tensors,
    id: trainingId(split, plan, optimizer, tensors.backend),
  };
  const weights = await train(training);
  return fitted(split, training, weights);
}

interface Training {
  readonly host: AuthorHost;
  readonly plan: TrainingPlan;
  readonly problem: TrainingProblem;
  readonly heldOut: RowBatch | undefined;
  readonly optimizer: MakeOptimizer;
  readonly tensors: LoadedTensors;
  /** Equal for trainings that may go on from each other's checkpoints. */
  readonly id: string;
}

async function train(training: Training): Promise<ServingWeights> {
  const { host, plan, problem, heldOut, optimizer, tensors, id } = training;
  const from = await findCheckpoint(training);
  const report = new TrainingReport(host, {
    iterations: plan.iterations,
    rows: problem.matrix.rows,
    now: () => performance.now(), // for speed only; nothing is decided by it
    ...(heldOut ? { watch: watchHeldOut(heldOut, problem.vocabulary) } : {}),
  });
  // A checkpoint of the last iteration leaves nothing to iterate over.
  let weights = from ? restoredWeights(from, problem) : { weights: new Float32Array(), bias: 0 };
  for await (const done of trainingIterations(tensors.tf, problem, plan, optimizer, from)) {
    await report.iteration(done, () => packCheckpoint(id, done.state()));
    weights = done.weights;
  }
  return weights;
}

async function findCheckpoint({ host, plan, id }: Training): Promise<TrainingState | undefined> {
  const bytes = await host.loadCheckpoint();
  if (!bytes) return undefined;
  const found = readCheckpoint(id, bytes);
  if (found.kind === 'unusable') {
    host.log('INFO', `Starting afresh: there is a checkpoint, but ${found.reason}`);
    return undefined;
  }
  host.log(
    'INFO',
    `Going on after iteration ${found.state.iteration} of ${plan.iterations} from a checkpoint`,
  );
  return found.state;
}

function fitted(
  split: Split,
  { problem, heldOut, tensors }: Training,
  trained: ServingWeights,
): FittedModel {
  const { snapshot, seed } = split.dataset;
  const { backend } = tensors;
  const model = { vocabulary: problem.vocabulary, ...trained };
  const metrics = heldOut ? evaluate(new Scorer(model).scoreRows(heldOut), heldOut.labels) : {};
  const trainedRows = problem.matrix.rows;
  const origin = { trainedRows, seed, snapshot, backend, metrics, createdBy: 'nightshift/ml' };
  const features = problem.matrix.columns;
  const { facts: data } = split.dataset;
  return { bytes: packModel(origin, model), features, snapshot, data, backend, metrics };
}

function opening(
  rows: RowBatch,
  { matrix }: TrainingProblem,
  { backend, reason }: LoadedTensors,
): string {
  const positive = rows.labels.reduce((sum, label) => sum + label, 0);
  return (
    `Training on ${grouped(rows.count)} rows (${grouped(positive)} positive), ` +
    `${grouped(matrix.columns)} features, backend ${backend} (${reason})`
  );
}

function trainingId(
  split: Split,
  plan: TrainingPlan,
  optimizer: MakeOptimizer,
  backend: string,
): string {
  const { snapshot } = split.dataset;
  const how = { plan, optimizer: String(optimizer), tokeniser: TOKENISER_VERSION, backend };
  return contentId({ snapshot, role: split.role, ...how });
}
