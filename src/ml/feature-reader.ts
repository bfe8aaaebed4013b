import type { RowBatch } from '#domain/rows.ts';
import { IntList } from './int-list.ts';
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

  /** Reads UTF-8 `bytes[from..to]`. */
  read(bytes: Uint8Array, from: number, to: number): void {
    tokenise(bytes, from, to, this.tokens);
    this.#room(this.tokens.count);
    this.count = 0;
    this.#reads++;
    let before = -1;
    for (let i = 0; i < this.tokens.count; i++) before = this.#readToken(i, before);
  }

  /** @returns the word id, -1 when unknown: a pair never spans an unknown word */
  #readToken(i: number, before: number): number {
    const { words, pairs } = this.#vocabulary;
    const word = words.find(this.tokens.bytes, this.tokens.from(i), this.tokens.ends[i] ?? 0);
    const pair = word < 0 || before < 0 ? -1 : pairs.find(before, word);
    this.words[i] = this.#meet(word);
    this.pairs[i] = this.#meet(pair < 0 ? -1 : words.size + pair);
    return word;
  }

  #meet(feature: number): number {
    if (feature >= 0 && this.#metIn[feature] !== this.#reads) {
      this.#metIn[feature] = this.#reads;
      this.found[this.count++] = feature;
    }
    return feature;
  }

  #room(tokens: number): void {
    if (tokens <= this.words.length) return;
    this.words = new Int32Array(tokens * 2);
    this.pairs = new Int32Array(tokens * 2);
  }
}

/** Rows x features of the vocabulary; what it does not know is left out. */
export function readRows(batch: RowBatch, vocabulary: Vocabulary): SparseMatrix {
  const reader = new FeatureReader(vocabulary);
  const offsets = new Uint32Array(batch.count + 1);
  const indices = new IntList();
  for (let row = 0; row < batch.count; row++) {
    reader.read(batch.text, batch.ends[row - 1] ?? 0, batch.ends[row] ?? 0);
    for (let i = 0; i < reader.count; i++) indices.push(reader.found[i] ?? 0);
    offsets[row + 1] = indices.length;
  }
  const columns = featureCount(vocabulary);
  return { rows: batch.count, columns, offsets, indices: Uint32Array.from(indices.values()) };
}
