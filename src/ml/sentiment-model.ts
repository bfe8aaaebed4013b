import {
  authorHost,
  registerReviver,
  TO_REFERENCE,
  type Referable,
  type Reference,
} from '#domain/author-host.ts';
import type { ContentHash } from '#domain/ids.ts';
import { unpackModel, type StoredModel } from './container.ts';
import type { Split } from './dataset.ts';
import { grouped } from './dataset-facts.ts';
import { evaluate } from './evaluation.ts';
import { fit, type FitOptions } from './fit.ts';
import { isModelFacts, type ModelFacts } from './model-facts.ts';
import { Scorer } from './scorer.ts';
import { taskHost } from './task-host.ts';

/** Tells positive from negative texts: a logistic regression over words and pairs of words. */
export class SentimentModel implements Referable {
  /** The training snapshot's id. */
  readonly snapshot: string;
  readonly backend: string;
  readonly features: number;
  #metrics: Readonly<Record<string, number>>;
  readonly #size: number;
  readonly #read: () => Promise<Uint8Array>;
  #hash: Promise<ContentHash> | undefined;
  #stored: Promise<StoredModel> | undefined;

  constructor(
    facts: Omit<ModelFacts, 'hash'>,
    read: () => Promise<Uint8Array>,
    hash?: ContentHash,
  ) {
    this.snapshot = facts.snapshot;
    this.backend = facts.backend;
    this.features = facts.features;
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

  /** Scores every row of the split, without TensorFlow.js. @returns the fraction it got right */
  async accuracy(split: Split): Promise<number> {
    const host = authorHost('accuracy');
    const [rows, stored] = await Promise.all([split.rows(), this.#model()]);
    const evaluation = evaluate(new Scorer(stored).scoreRows(rows), rows.labels);
    const { accuracy, low, high, heldOut } = evaluation;
    this.#metrics = evaluation;
    host.metric('evaluation', 0, evaluation);
    host.log(
      'INFO',
      `Accuracy ${accuracy.toFixed(3)} on ${grouped(heldOut)} rows (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`,
    );
    return accuracy;
  }

  /** Keeps it as the next version of a named model, which becomes its champion. */
  async save(name: string): Promise<{ readonly version: number }> {
    const host = taskHost('model.save');
    if (typeof name !== 'string' || name.trim() === '')
      throw new Error("model.save needs the name of a model, e.g. model.save('sentiment').");
    const { snapshot, backend } = this;
    const { hash, bytes, metrics } = await this.#facts();
    return host.saveModel({ model: name, hash, bytes, metrics, snapshot, backend });
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
    const hash = await this.#hash;
    return { hash, bytes: this.#size, features, snapshot, backend, metrics: this.#metrics };
  }

  #model(): Promise<StoredModel> {
    this.#stored ??= this.#read().then(unpackModel);
    return this.#stored;
  }
}

registerReviver('model', ({ data }) => {
  if (!isModelFacts(data)) throw new Error('This is not a reference to a model.');
  const read = () => authorHost('Reading a model').getValue(data.hash);
  return new SentimentModel(data, read, data.hash);
});
