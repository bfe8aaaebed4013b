import type { RowBatch } from '#domain/rows.ts';
import { rowText } from '#domain/rows.ts';
import { packModel } from '#ml/container.ts';
import { Assistant } from '#ml/assistant.ts';
import { loadModel } from '#ml/predict.ts';
import { Scorer } from '#ml/scorer.ts';
import { selectRows } from '#ml/select-rows.ts';
import { loadTensors } from '#ml/tensor.ts';
import { tokenise } from '#ml/tokenise.ts';
import { Tokens } from '#ml/tokens.ts';
import { trainRows, type TrainedRows } from '#ml/train-rows.ts';
import { serveAssistant } from '#ml/serve-assistant.ts';
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
  | { readonly ask: 'serving' }
  /** With a port: be served by the worker at its other end, or serve it. */
  | { readonly ask: 'assistant' }
  | { readonly ask: 'serve' };

export interface Learned {
  readonly accuracy: number;
  /** Of the positive class. */
  readonly f1: number;
  /** From rows in memory to held-out accuracy. */
  readonly ms: number;
  readonly trainRows: number;
  readonly heldOutRows: number;
  readonly features: number;
  readonly mode: string;
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

let files: readonly RowBatch[] = [];
let folds: readonly number[] = [];
let last: { readonly model: TrainedRows; readonly tested: RowBatch } | undefined;

async function answer(
  question: Exclude<LearnerQuestion, { ask: 'assistant' | 'serve' }>,
): Promise<unknown> {
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

async function learn(rows: RowBatch, heldOut: RowBatch): Promise<Learned> {
  const { tf } = await loadTensors();
  const startedAt = performance.now();
  const model = await trainRows(tf, rows, { heldOut, openAssistants: async () => assistants });
  const ms = performance.now() - startedAt;
  const { accuracy = NaN, f1 = NaN } = model.evaluation ?? {};
  last = { model, tested: heldOut };
  return {
    accuracy,
    f1,
    ms,
    trainRows: rows.count,
    heldOutRows: heldOut.count,
    features: model.weights.length,
    mode: model.plan.mode,
  };
}

/** One is kept warm, as the engine keeps one. */
let assistants: readonly Assistant[] = [];

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
  if (data.ask === 'serve') return port && serveAssistant(port);
  if (data.ask === 'assistant') return void (assistants = port ? [new Assistant(port)] : []);
  answer(data).then(
    (value) => port?.postMessage({ ok: true, value }),
    (error: unknown) => port?.postMessage({ ok: false, reason: String(error) }),
  );
});
