import {
  authorHost,
  registerReviver,
  TO_REFERENCE,
  type Referable,
  type Reference,
} from '#domain/author-host.ts';
import type { Evaluation } from '#domain/evaluation.ts';
import type { ContentHash } from '#domain/ids.ts';
import { MODEL_ALIASES, type ModelAlias } from '#domain/models.ts';
import type { RowBatch } from '#domain/rows.ts';
import type { Scored } from './compare.ts';
import type { TopWords } from '#domain/predictor-api.ts';
import { unpackModel, type StoredModel } from './container.ts';
import { datasetOf, type Dataset, type Split } from './dataset.ts';
import { grouped, type DatasetFacts } from './dataset-facts.ts';
import { evaluate, type EvaluationNumbers } from './evaluation.ts';
import { evaluateRows, numbersOf } from './evaluate-rows.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './train-rows.ts';
import { isModelFacts, type ModelFacts } from './model-facts.ts';
import { checkedTexts, prediction, type Prediction } from './prediction.ts';
import { readyModel, type Explanation, type LoadedModel } from './predict.ts';
import { Scorer } from './scorer.ts';
import { taskHost } from './task-host.ts';
import { topWords } from './top-words.ts';

/** Which version of a named model; without either, the champion. */
export interface WhichModel {
  readonly alias?: ModelAlias;
  readonly version?: number;
}

/** Tells positive from negative texts: a logistic regression over words and pairs of words. */
export class SentimentModel implements Referable, Scored {
  /** The training snapshot's id. */
  readonly snapshot: string;
  readonly backend: string;
  readonly features: number;
  /** Of the registry; undefined while it was not saved. */
  readonly version: number | undefined;
  readonly #data: DatasetFacts | undefined;
  #metrics: Readonly<Record<string, number>>;
  readonly #size: number;
  readonly #read: () => Promise<Uint8Array>;
  #hash: Promise<ContentHash> | undefined;
  #stored: Promise<StoredModel> | undefined;
  #ready: Promise<LoadedModel> | undefined;

  constructor(
    facts: Omit<ModelFacts, 'hash'>,
    read: () => Promise<Uint8Array>,
    hash?: ContentHash,
  ) {
    this.snapshot = facts.snapshot;
    this.backend = facts.backend;
    this.features = facts.features;
    this.version = facts.version;
    this.#data = facts.data;
    this.#metrics = facts.metrics;
    this.#size = facts.bytes;
    this.#read = read;
    this.#hash = hash && Promise.resolve(hash);
  }

  /**
   * Trains on a split, watching its held-out side. Reports metrics, progress and checkpoints to the run.
   * @throws TrainingDiverged when the loss is not a number
   */
  static async fit(split: Split, options: FitOptions = {}): Promise<SentimentModel> {
    const { bytes, ...facts } = await fit(split, options);
    return new SentimentModel({ ...facts, bytes: bytes.length }, () => Promise.resolve(bytes));
  }

  /**
   * A version that was saved before: the champion, unless another alias or a number is asked for.
   * @returns undefined when there is none
   * @throws UnreadableFile when what is kept is damaged
   */
  static async load(name: string, which: WhichModel = {}): Promise<SentimentModel | undefined> {
    const host = taskHost('SentimentModel.load');
    const found = await host.loadModel(named('SentimentModel.load', name), chosen(which));
    if (!found) return undefined;
    const bytes = await host.getValue(found.hash);
    const stored = unpackModel(bytes);
    const { meta, weights } = stored;
    const { snapshot, backend, metrics } = meta;
    const data = { version: found.version, ...(found.data ? { data: found.data } : {}) };
    const facts = { features: weights.length, bytes: bytes.length, snapshot, backend, metrics };
    const model = new SentimentModel({ ...facts, ...data }, async () => bytes, found.hash);
    model.#stored = Promise.resolve(stored);
    return model;
  }

  /**
   * The rows it was trained on, with what was held out then.
   * @throws Error when that was not kept: the model is older than that, or came from a file
   */
  trainingData(): Dataset {
    if (this.#data) return datasetOf(this.#data);
    throw new Error(
      'What this model was trained on is not kept with it. Train a new version, and compare with that.',
    );
  }

  /**
   * Measures it on every row of the split, without TensorFlow.js: all metrics with 95 % intervals, curves, slices by
   * domain and length, and the mistakes it was surest of. Kept as an artifact and as a metric of the run.
   */
  async evaluate(split: Split): Promise<Evaluation> {
    const host = authorHost('evaluate');
    const rows = await split.rows();
    const scores = await this.scores(rows);
    const counted = evaluate(scores, rows.labels);
    const evaluation = evaluateRows(rows, scores, host.context.seed);
    this.#metrics = numbersOf(evaluation, counted);
    host.metric('evaluation', 0, this.#metrics);
    host.log('INFO', toldAccuracy(counted));
    await host.artifact({ type: 'evaluation', evaluation }, { key: 'evaluation' });
    return evaluation;
  }

  /** As `evaluate`. @returns the fraction it got right; 0 where there are no rows */
  async accuracy(split: Split): Promise<number> {
    const { accuracy } = (await this.evaluate(split)).metrics;
    return 'value' in accuracy ? accuracy.value : 0;
  }

  /** Log odds of "positive", one a row. */
  async scores(rows: RowBatch): Promise<Float64Array> {
    return new Scorer(await this.#model()).scoreRows(rows);
  }

  /** What a gate measured goes with the version that is saved. */
  measured(metrics: Readonly<Record<string, number>>): void {
    this.#metrics = { ...this.#metrics, ...metrics };
  }

  /**
   * Answers texts, without TensorFlow.js.
   * @returns for each text its label (0 negative, 1 positive) and the probability of "positive", 0 to 1
   */
  async predict(texts: readonly string[]): Promise<readonly Prediction[]> {
    const ready = await this.#answering();
    return checkedTexts(texts).map((text) => prediction(ready, text));
  }

  /**
   * Why it answers so: what every token of the text added to the score, exactly. The score is log odds of "positive":
   * above 0 is positive, and its logistic function is the probability; `bias` and all contributions sum to it.
   */
  async explain(text: string): Promise<Explanation> {
    const [one = ''] = checkedTexts([text]);
    return (await this.#answering()).explain(one);
  }

  /** The words and pairs of neighbouring words with the largest weights (log odds), at most `most` of each side. */
  async topWords(most = 20): Promise<TopWords> {
    return topWords(await this.#model(), atLeastOne(most));
  }

  /** Keeps it as the next version of a named model, which becomes its champion, or what else is asked for. */
  async save(
    name: string,
    { alias = 'champion' }: Pick<WhichModel, 'alias'> = {},
  ): Promise<{ readonly version: number }> {
    const host = taskHost('model.save');
    const [model, kept] = [named('model.save', name), knownAlias('model.save', alias)];
    const { version: _version, ...facts } = await this.#facts();
    return host.saveModel({ model, alias: kept, ...facts });
  }

  /** What scoring needs; for the rest of this library. */
  stored(): Promise<StoredModel> {
    return this.#model();
  }

  async [TO_REFERENCE](): Promise<Reference> {
    const size = `${grouped(Math.round(this.#size / 1024))} KB`;
    return {
      kind: 'model',
      label: `${grouped(this.features)} features, ${size}`,
      data: await this.#facts(),
    };
  }

  async #facts(): Promise<ModelFacts> {
    this.#hash ??= this.#read().then((bytes) => authorHost('Keeping a model').putValue(bytes));
    const { features, snapshot, backend } = this;
    const data = {
      ...(this.#data ? { data: this.#data } : {}),
      ...(this.version === undefined ? {} : { version: this.version }),
    };
    const hash = await this.#hash;
    const metrics = this.#metrics;
    return { hash, bytes: this.#size, features, snapshot, backend, metrics, ...data };
  }

  async #answering(): Promise<LoadedModel> {
    this.#ready ??= this.#model().then(readyModel);
    return this.#ready;
  }

  #model(): Promise<StoredModel> {
    this.#stored ??= this.#read().then(unpackModel);
    return this.#stored;
  }
}

const toldAccuracy = ({ accuracy, heldOut, low, high }: EvaluationNumbers): string =>
  `Accuracy ${accuracy.toFixed(3)} on ${grouped(heldOut)} rows (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`;

const atLeastOne = (most: number): number => {
  if (Number.isSafeInteger(most) && most > 0) return most;
  throw new Error(
    `model.topWords takes how many words of each side, 1 or more, and this is ${String(most)}.`,
  );
};

function named(what: string, name: string): string {
  if (typeof name === 'string' && name.trim() !== '') return name;
  throw new Error(`${what} needs the name of a model, e.g. ${what}('sentiment').`);
}

function chosen({ alias, version }: WhichModel): ModelAlias | number {
  if (version === undefined) return knownAlias('SentimentModel.load', alias ?? 'champion');
  if (alias !== undefined)
    throw new Error('SentimentModel.load takes an alias or a version, not both.');
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new Error(`SentimentModel.load: a version counts from 1, and this is ${String(version)}.`);
}

function knownAlias(what: string, alias: ModelAlias): ModelAlias {
  if (MODEL_ALIASES.includes(alias)) return alias;
  throw new Error(`${what}: the alias is '${alias}', and may be ${MODEL_ALIASES.join(' or ')}.`);
}

registerReviver('model', ({ data }) => {
  if (!isModelFacts(data)) throw new Error('This is not a reference to a model.');
  const read = () => authorHost('Reading a model').getValue(data.hash);
  return new SentimentModel(data, read, data.hash);
});
