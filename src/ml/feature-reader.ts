import { IntList } from './int-list.ts';
import { asMatrix } from './learn-features.ts';
import type { FeatureRows, Texts } from './shard.ts';
import type { SparseMatrix } from './sparse.ts';
import { tokenise } from './tokenise.ts';
import { Tokens } from './tokens.ts';
import { featureCount, type Vocabulary } from './vocabulary.ts';

/**
 * Texts in terms of a vocabulary that is not learned from them: for serving and for held-out rows. Buffers are used
 * again, so what `read` leaves behind is valid until the next `read`.
 */
export class FeatureReader {
  readonly tokens = new Tokens();
  /** Feature of each token and of the pair that ends at it; -1 where unknown. */
  words = new Int32Array(256);
  pairs = new Int32Array(256);
  /** The distinct features of the text, `count` of them, in order of appearance. */
  readonly found: Uint32Array;
  count = 0;
  readonly #vocabulary: Vocabulary;
  /** The number of the read that last met a feature: no clearing between texts. */
  readonly #metIn: Uint32Array;
  #reads = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.found = new Uint32Array(featureCount(vocabulary));
    this.#metIn = new Uint32Array(featureCount(vocabulary));
  }

  /** Reads UTF-8 `bytes[from..to]`: words first, then pairs, as `Shard` does and for the same reason. */
  read(bytes: Uint8Array, from: number, to: number): void {
    tokenise(bytes, from, to, this.tokens);
    const { count } = this.tokens;
    this.#room(count);
    this.count = 0;
    this.#reads++;
    this.#readWords();
    const { words, pairs } = this.#vocabulary;
    const found = this.pairs;
    found[0] = -1;
    for (let i = 1; i < count; i++) found[i] = pairs.find(this.words[i - 1]!, this.words[i]!);
    for (let i = 1; i < count; i++) {
      if (found[i]! < 0) continue;
      found[i]! += words.size;
      this.#meet(found[i]!);
    }
  }

  #readWords(): void {
    const { bytes, ends, hashes, count } = this.tokens;
    const { words } = this.#vocabulary;
    const found = this.words;
    for (let i = 0, from = 0; i < count; i++) {
      const end = ends[i]!;
      const word = (found[i] = words.find(bytes, from, end, hashes[i]));
      from = end;
      if (word >= 0) this.#meet(word);
    }
  }

  #meet(feature: number): void {
    if (this.#metIn[feature] === this.#reads) return;
    this.#metIn[feature] = this.#reads;
    this.found[this.count++] = feature;
  }

  #room(tokens: number): void {
    if (tokens <= this.words.length) return;
    this.words = new Int32Array(tokens * 2);
    this.pairs = new Int32Array(tokens * 2);
  }
}

/** Rows x features of the vocabulary; what it does not know is left out. */
export function readRows(texts: Texts, vocabulary: Vocabulary): SparseMatrix {
  return asMatrix([readFeatures(texts, vocabulary)], featureCount(vocabulary));
}

export function readFeatures({ count, text, ends }: Texts, vocabulary: Vocabulary): FeatureRows {
  const reader = new FeatureReader(vocabulary);
  const offsets = new Uint32Array(count + 1);
  const indices = new IntList(Math.ceil(text.length / 4));
  for (let row = 0; row < count; row++) {
    reader.read(text, ends[row - 1] ?? 0, ends[row] ?? 0);
    indices.reserve(reader.count).set(reader.found.subarray(0, reader.count), indices.length);
    indices.length += reader.count;
    offsets[row + 1] = indices.length;
  }
  return { offsets, indices: Uint32Array.from(indices.values()) };
}
