import { asContentHash } from '#domain/ids.ts';
import { packRows, type LabelledText, type RowBatch } from '#domain/rows.ts';
import { packModel } from '#ml/container.ts';
import { crossValidate, stratifiedFolds } from '#ml/cross-validation.ts';
import { splitSnapshot } from '#ml/dataset.ts';
import { evaluate } from '#ml/evaluation.ts';
import { Scorer } from '#ml/scorer.ts';
import { selectRows } from '#ml/select-rows.ts';
import { loadTensors } from '#ml/tensor.ts';
import { adam, trainingIterations } from '#ml/training.ts';
import { resolvePlan } from '#ml/training-plan.ts';
import { trainingProblem } from '#ml/training-problem.ts';
import type { ServingWeights } from '#ml/training-run.ts';
import type { Vocabulary } from '#ml/vocabulary.ts';

/** The project's model on rows that are handed over once: no flow, no engine. */
export interface Models {
  /** Call first. @returns the backend in use */
  start(wasmUrl: string): Promise<string>;
  load(rows: readonly BenchRow[]): void;
  /** Trains on what had arrived by that day, as a run with that seed would. */
  trainedOn(day: number, seed: number): Promise<Trained>;
  /** Trains as above and scores the rows that arrived from another day on. */
  drift(asked: DriftQuestion): Promise<Drift>;
  /** Of each row in the order of `load`, whether the model that did not see it got it right. */
  crossValidated(folds: number, seed: number): Promise<readonly boolean[]>;
}

export type BenchRow = LabelledText & { readonly day: number };

export interface Trained {
  readonly trainRows: number;
  readonly heldOutRows: number;
  readonly features: number;
  readonly containerBytes: number;
  readonly accuracy: number;
  /** Rows to features, the Naive Bayes ratios included. */
  readonly featuresMs: number;
  readonly iterationsMs: number;
}

interface DriftQuestion {
  readonly trainedOn: number;
  /** First day of the rows that are scored. */
  readonly from: number;
  readonly seed: number;
}

export interface Drift {
  /** All rows from that day on. */
  readonly rows: number;
  readonly accuracy: number;
  /** Those of them that no model with this seed is ever trained on. */
  readonly heldOutRows: number;
  readonly heldOutAccuracy: number;
}

interface Model extends ServingWeights {
  readonly vocabulary: Vocabulary;
  readonly featuresMs: number;
  readonly iterationsMs: number;
}

declare global {
  var models: Models;
}

let rows: readonly BenchRow[] = [];
let all: RowBatch = packRows([]);

const models: Models = {
  async start(wasmUrl) {
    const { backend } = await loadTensors(async () => (await fetch(wasmUrl)).arrayBuffer());
    return backend;
  },
  load(given) {
    rows = given;
    all = packRows(given);
  },
  async trainedOn(day, seed) {
    const { train, heldOut } = splitBy(day, seed);
    const model = await fit(train);
    const origin = {
      trainedRows: train.count,
      seed,
      snapshot: '',
      backend: '',
      metrics: {},
      createdBy: '',
    };
    return {
      trainRows: train.count,
      heldOutRows: heldOut.count,
      features: model.weights.length,
      containerBytes: packModel(origin, model).length,
      accuracy: accuracyOf(model, heldOut),
      featuresMs: model.featuresMs,
      iterationsMs: model.iterationsMs,
    };
  },
  async drift({ trainedOn, from, seed }) {
    const model = await fit(splitBy(trainedOn, seed).train);
    const late = only((row) => row.day >= from);
    const ids = new Set(late.ids);
    const { heldOut } = splitBy(Infinity, seed);
    const heldOutLate = selectRows([
      { batch: heldOut, rows: numbersOf(heldOut.ids, (id) => ids.has(id)) },
    ]);
    return {
      rows: late.count,
      accuracy: accuracyOf(model, late),
      heldOutRows: heldOutLate.count,
      heldOutAccuracy: accuracyOf(model, heldOutLate),
    };
  },
  async crossValidated(count, seed) {
    const { scores } = await crossValidate(all, stratifiedFolds(all, count, seed));
    return rows.map((row, i) => ((scores[i] ?? 0) > 0 ? 1 : 0) === row.label);
  },
};
globalThis.models = models;

function splitBy(day: number, seed: number) {
  const arrived = [...new Set(rows.map((row) => row.day))].filter((one) => one <= day);
  const days = arrived.map((one) => ({ day: one, rows: only((row) => row.day === one) }));
  return splitSnapshot({ dataset: '', until: day, contentHash: asContentHash(''), days }, seed);
}

async function fit(train: RowBatch): Promise<Model> {
  const { tf } = await loadTensors();
  const plan = resolvePlan({}, train.count);
  const startedAt = performance.now();
  const problem = trainingProblem(train, plan);
  const madeAt = performance.now();
  let trained: ServingWeights = { weights: new Float32Array(), bias: 0 };
  for await (const { weights } of trainingIterations(tf, problem, plan, adam)) trained = weights;
  const times = { featuresMs: madeAt - startedAt, iterationsMs: performance.now() - madeAt };
  return { vocabulary: problem.vocabulary, ...trained, ...times };
}

const accuracyOf = (model: Model, tested: RowBatch): number =>
  evaluate(new Scorer(model).scoreRows(tested), tested.labels).accuracy;

const only = (matches: (row: BenchRow) => boolean): RowBatch =>
  selectRows([{ batch: all, rows: numbersOf(rows, matches) }]);

const numbersOf = <T>(items: readonly T[], matches: (item: T) => boolean): readonly number[] =>
  items.flatMap((item, i) => (matches(item) ? [i] : []));
