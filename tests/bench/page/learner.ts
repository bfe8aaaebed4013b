import type { RowBatch } from '#domain/rows.ts';
import { rowText } from '#domain/rows.ts';
import { packModel } from '#ml/container.ts';
import { evaluate } from '#ml/evaluation.ts';
import { loadModel } from '#ml/predict.ts';
import { Scorer } from '#ml/scorer.ts';
import { selectRows } from '#ml/select-rows.ts';
import { loadTensors } from '#ml/tensor.ts';
import { tokenise } from '#ml/tokenise.ts';
import { Tokens } from '#ml/tokens.ts';
import { adam, trainingIterations } from '#ml/training.ts';
import { resolvePlan } from '#ml/training-plan.ts';
import { trainingProblem } from '#ml/training-problem.ts';
import type { ServingWeights } from '#ml/training-run.ts';
import { throughIndexedDb } from './through-indexeddb.ts';
import { readTsv } from './tsv-rows.ts';

/** A worker that trains on the rows of a set with the project's own model, and answers about it: no engine, no flow. */
export type LearnerQuestion =
  | { readonly ask: 'start'; readonly wasmUrl: string }
  /** Addresses of the files; with folds, one file and the fold of each row. */
  | { readonly ask: 'read'; readonly files: readonly string[]; readonly folds?: readonly number[] }
  /** `fold`: trains without it and scores it; else trains on the first file and scores the second. */
  | { readonly ask: 'learn'; readonly fold?: number }
  /** Of the last model that was trained, on the rows that it was scored on. */
  | { readonly ask: 'serving' };

export interface Learned {
  readonly accuracy: number;
  /** Of the positive class. */
  readonly f1: number;
  /** From rows in memory to held-out accuracy. */
  readonly ms: number;
  readonly trainRows: number;
  readonly heldOutRows: number;
  readonly features: number;
}

export interface Serving {
  /** Of each text asked for alone. */
  readonly oneMs: readonly number[];
  readonly rowsPerSecond: number;
  readonly tokenisedBytes: number;
  readonly tokeniseMs: number;
  readonly fileBytes: number;
  /** Model to file to IndexedDB, and back to a model that answers. */
  readonly saveMs: number;
  readonly loadMs: number;
}

/** Sentences asked for one at a time. */
const ALONE = 2000;

interface Model extends ServingWeights {
  readonly vocabulary: ConstructorParameters<typeof Scorer>[0]['vocabulary'];
}

let files: readonly RowBatch[] = [];
let folds: readonly number[] = [];
let last: { readonly model: Model; readonly tested: RowBatch } | undefined;

async function answer(question: LearnerQuestion): Promise<unknown> {
  switch (question.ask) {
    case 'start': {
      const { backend } = await loadTensors(async () =>
        (await fetch(question.wasmUrl)).arrayBuffer(),
      );
      return backend;
    }
    case 'read':
      files = await Promise.all(question.files.map(readTsv));
      folds = question.folds ?? [];
      return files.map(({ count }) => count);
    case 'learn':
      return learn(...splitOf(question.fold));
    case 'serving':
      return serving();
  }
}

function splitOf(fold: number | undefined): readonly [RowBatch, RowBatch] {
  const [first, second] = files;
  if (!first) throw new Error('No rows were read.');
  if (fold === undefined) return [first, second ?? first];
  const rowsWhere = (inside: boolean): RowBatch =>
    selectRows([
      { batch: first, rows: folds.flatMap((one, row) => ((one === fold) === inside ? [row] : [])) },
    ]);
  return [rowsWhere(false), rowsWhere(true)];
}

async function learn(train: RowBatch, tested: RowBatch): Promise<Learned> {
  const startedAt = performance.now();
  const model = await fit(train);
  const { accuracy, f1 } = evaluate(new Scorer(model).scoreRows(tested), tested.labels);
  const ms = performance.now() - startedAt;
  last = { model, tested };
  return {
    accuracy,
    f1,
    ms,
    trainRows: train.count,
    heldOutRows: tested.count,
    features: model.weights.length,
  };
}

async function fit(train: RowBatch): Promise<Model> {
  const { tf } = await loadTensors();
  const plan = resolvePlan({}, train.count);
  const problem = trainingProblem(train, plan);
  let trained: ServingWeights = { weights: new Float32Array(), bias: 0 };
  for await (const { weights } of trainingIterations(tf, problem, plan, adam)) trained = weights;
  return { vocabulary: problem.vocabulary, ...trained };
}

async function serving(): Promise<Serving> {
  if (!last) throw new Error('Nothing was trained yet.');
  const { model, tested } = last;
  const origin = { trainedRows: 0, seed: 0, snapshot: '', backend: '', metrics: {}, createdBy: '' };
  const packed = timed(() => packModel(origin, model));
  const kept = await throughIndexedDb(packed.value);
  const loaded = timed(() => loadModel(kept.value));
  const texts = Array.from({ length: Math.min(ALONE, tested.count) }, (_, i) => rowText(tested, i));
  const oneMs = texts.map((text) => timed(() => loaded.value.probability(text)).ms);
  const batch = timed(() => new Scorer(model).scoreRows(tested));
  const tokens = new Tokens();
  const tokenised = timed(() => {
    for (let row = 0; row < tested.count; row++)
      tokenise(tested.text, tested.ends[row - 1] ?? 0, tested.ends[row] ?? 0, tokens);
  });
  return {
    oneMs,
    rowsPerSecond: (1000 * tested.count) / batch.ms,
    tokenisedBytes: tested.text.length,
    tokeniseMs: tokenised.ms,
    fileBytes: packed.value.length,
    saveMs: packed.ms + kept.putMs,
    loadMs: kept.getMs + loaded.ms,
  };
}

function timed<T>(work: () => T): { readonly value: T; readonly ms: number } {
  const startedAt = performance.now();
  const value = work();
  return { value, ms: performance.now() - startedAt };
}

addEventListener('message', ({ data, ports: [port] }: MessageEvent<LearnerQuestion>) => {
  answer(data).then(
    (value) => port?.postMessage({ ok: true, value }),
    (error: unknown) => port?.postMessage({ ok: false, reason: String(error) }),
  );
});
