import type { RowBatch } from '#domain/rows.ts';
import { FeatureReader } from './feature-reader.ts';
import { rowScale } from './sparse.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A linear model over texts: no tensors, no allocation a text. */
export class Scorer {
  readonly reader: FeatureReader;
  readonly bias: number;
  readonly #weights: Float32Array;

  constructor(model: { vocabulary: Vocabulary; weights: Float32Array; bias: number }) {
    this.reader = new FeatureReader(model.vocabulary);
    this.bias = model.bias;
    this.#weights = model.weights;
  }

  /** The score of UTF-8 `bytes[from..to]`: above 0 is positive, and its logistic function is a probability. */
  score(bytes: Uint8Array, from: number, to: number): number {
    const { reader } = this;
    reader.read(bytes, from, to);
    let sum = 0;
    for (let i = 0; i < reader.count; i++) sum += this.#weights[reader.found[i] ?? 0] ?? 0;
    return sum * rowScale(reader.count) + this.bias;
  }

  scoreRows({ count, text, ends }: RowBatch): Float64Array {
    return Float64Array.from({ length: count }, (_, row) =>
      this.score(text, ends[row - 1] ?? 0, ends[row] ?? 0),
    );
  }

  /**
   * What each token of the text added to the score; with the bias they sum to it. A feature that stands more than
   * once counts once and is shared among its places; a pair is shared by its two words.
   */
  contributions(bytes: Uint8Array, from: number, to: number): Float64Array {
    const { reader } = this;
    reader.read(bytes, from, to);
    const { words, pairs, tokens } = reader;
    const places = new Map<number, number>();
    for (let i = 0; i < tokens.count; i++) {
      count(places, words[i] ?? -1);
      count(places, pairs[i] ?? -1);
    }
    const scale = rowScale(reader.count);
    const share = (feature: number): number =>
      feature < 0 ? 0 : ((this.#weights[feature] ?? 0) * scale) / (places.get(feature) ?? 1);
    return Float64Array.from({ length: tokens.count }, (_, i) => {
      const beside = share(pairs[i] ?? -1) + (i + 1 < tokens.count ? share(pairs[i + 1] ?? -1) : 0);
      return share(words[i] ?? -1) + beside / 2;
    });
  }
}

export const probabilityOf = (score: number): number => 1 / (1 + Math.exp(-score));

function count(places: Map<number, number>, feature: number): void {
  if (feature >= 0) places.set(feature, (places.get(feature) ?? 0) + 1);
}
