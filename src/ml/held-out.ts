import type { RowBatch } from '#domain/rows.ts';
import { evaluate, logLoss, type Evaluation } from './evaluation.ts';
import { readFeatures } from './feature-reader.ts';
import type { Helper } from './helper.ts';
import { asMatrix } from './learn-features.ts';
import { cutTexts, LEAST_PATIENCE_MS } from './learn-in-shards.ts';
import { rowScale, type SparseMatrix } from './sparse.ts';
import type { FeatureRows, Texts } from './shard.ts';
import type { ServingWeights } from './training-run.ts';
import { featureCount, type Vocabulary } from './vocabulary.ts';

/** Held-out rows in a model's features: looked at, never learned from. Helpers read them while the training goes on. */
export class HeldOut {
  readonly labels: Uint8Array;
  readonly #vocabulary: Vocabulary;
  readonly #parts: readonly (() => Promise<FeatureRows>)[];
  #matrix: SparseMatrix | undefined;

  constructor(rows: RowBatch, vocabulary: Vocabulary, helpers: readonly Helper[]) {
    this.labels = rows.labels;
    this.#vocabulary = vocabulary;
    this.#parts =
      helpers.length === 0
        ? [async () => readFeatures(rows, vocabulary)]
        : cutTexts(rows, helpers.length).map((part, i) => sent(part, vocabulary, helpers[i]));
  }

  async evaluate(weights: ServingWeights): Promise<Evaluation> {
    return evaluate(await this.scores(weights), this.labels);
  }

  async watch(weights: ServingWeights) {
    const scores = await this.scores(weights);
    return {
      heldOutLoss: logLoss(scores, this.labels),
      heldOutAccuracy: evaluate(scores, this.labels).accuracy,
    };
  }

  /** What `Scorer` gives for the same rows, to the last bit. */
  async scores({ weights, bias }: ServingWeights): Promise<Float64Array> {
    const { rows, offsets, indices } = await this.#read();
    const scores = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const [from, end] = [offsets[row]!, offsets[row + 1]!];
      let sum = 0;
      for (let at = from; at < end; at++) sum += weights[indices[at]!]!;
      scores[row] = sum * rowScale(end - from) + bias;
    }
    return scores;
  }

  async #read(): Promise<SparseMatrix> {
    if (this.#matrix) return this.#matrix;
    const parts: FeatureRows[] = [];
    for (const part of this.#parts) parts.push(await part());
    return (this.#matrix = asMatrix(parts, featureCount(this.#vocabulary)));
  }
}

/** Asks at once; what is given waits for the answer, and reads the rows here when there is none. */
function sent(texts: Texts, vocabulary: Vocabulary, helper: Helper | undefined) {
  const copy = { ...texts, text: texts.text.slice() };
  const { words, pairs } = vocabulary;
  const answer = helper?.ask(
    {
      order: 'read',
      texts: copy,
      vocabulary: { words: ownEntries(words.values()), pairs: pairs.values().slice() },
    },
    [copy.text.buffer],
  );
  const askedAt = performance.now();
  return async (): Promise<FeatureRows> => {
    const patienceMs = LEAST_PATIENCE_MS + 2 * (performance.now() - askedAt);
    return (await answer?.within(patienceMs)) ?? readFeatures(texts, vocabulary);
  };
}

/** A view would take the whole buffer along. */
const ownEntries = ({ bytes, ends }: ReturnType<Vocabulary['words']['values']>) => ({
  bytes: bytes.slice(),
  ends: ends.slice(),
});
