import type { RowBatch } from '#domain/rows.ts';
import { ByteTable, type ByteEntries } from './byte-table.ts';
import { MAX_TERMS, refuseTooManyTerms } from './feature-limits.ts';
import { IntList } from './int-list.ts';
import { PairTable } from './pair-table.ts';
import { tokenise } from './tokenise.ts';
import { Tokens } from './tokens.ts';

/** Texts, as a `RowBatch` holds them. */
export type Texts = Pick<RowBatch, 'count' | 'text' | 'ends'>;

/** What a shard says of its words and pairs: all that merging needs. Both in order of first appearance. */
export interface ShardTerms {
  readonly words: ByteEntries;
  /** Left and right word of each pair. */
  readonly pairs: Uint32Array;
  /** In how many of its rows each stands. */
  readonly rowsWithWord: Int32Array;
  readonly rowsWithPair: Int32Array;
}

/** The feature that each word and pair of a shard became; -1: none. */
export interface TermFeatures {
  readonly words: Int32Array;
  readonly pairs: Int32Array;
}

/** Rows of features by their offsets, as in a `SparseMatrix`. */
export interface FeatureRows {
  readonly offsets: Uint32Array;
  readonly indices: Uint32Array;
}

/** Some of the training rows in words and pairs of their own numbering. */
export class Shard {
  readonly words = new ByteTable();
  readonly pairs: PairTable;
  readonly #rowsWithWord = new IntList();
  /** The row + 1 that last met a word. */
  readonly #wordMetIn = new IntList();
  /** The distinct terms row by row: word w as `w`, pair p as `~p`. */
  readonly #found: IntList;
  readonly #ends = new IntList();
  readonly #tokens = new Tokens();
  #ids = new Int32Array(256);

  /** @param textBytes of all rows whose terms it will hold: then tables need not grow */
  constructor(textBytes: number) {
    this.pairs = new PairTable(expectedPairs(textBytes));
    this.#found = new IntList(Math.ceil(textBytes / 4));
  }

  /** @throws TooManyFeatures */
  add({ text, ends }: Texts, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      tokenise(text, ends[row - 1] ?? 0, ends[row] ?? 0, this.#tokens);
      this.#addRow();
      refuseTooManyTerms(this.words.size + this.pairs.size);
    }
  }

  get rows(): number {
    return this.#ends.length;
  }

  terms(): ShardTerms {
    return {
      words: this.words.values(),
      pairs: this.pairs.values(),
      rowsWithWord: this.#rowsWithWord.values(),
      rowsWithPair: this.#countPairs(),
    };
  }

  /** Its rows in features. */
  translated({ words, pairs }: TermFeatures): FeatureRows {
    const found = this.#found.values();
    const offsets = new Uint32Array(this.rows + 1);
    const indices = new Uint32Array(found.length);
    let length = 0;
    for (let row = 0, at = 0; row < this.rows; row++) {
      for (const end = this.#ends.at(row); at < end; at++) {
        const term = found[at]!;
        const feature = term >= 0 ? words[term]! : pairs[~term]!;
        if (feature >= 0) indices[length++] = feature;
      }
      offsets[row + 1] = length;
    }
    return { offsets, indices: indices.subarray(0, length) };
  }

  /**
   * Words first, then pairs: two short loops let the processor wait for several distant entries of the tables at the
   * same time, and that waiting is what learning a vocabulary costs.
   */
  #addRow(): void {
    const mark = this.rows + 1;
    const { count } = this.#tokens;
    if (count > this.#ids.length) this.#ids = new Int32Array(count * 2);
    const ids = this.#ids;
    const found = this.#found.reserve(count * 2);
    let length = this.#addWords(mark, found);
    for (let i = 1; i < count; i++) {
      const pair = this.pairs.addOnce(ids[i - 1]!, ids[i]!, mark);
      if (pair >= 0) found[length++] = ~pair;
    }
    this.#found.length = length;
    this.#ends.push(length);
  }

  /** @returns the length of `found` with them */
  #addWords(mark: number, found: Int32Array): number {
    const { bytes, ends, hashes, count } = this.#tokens;
    const ids = this.#ids;
    let { length } = this.#found;
    for (let i = 0, from = 0; i < count; i++) {
      const end = ends[i]!;
      const word = (ids[i] = this.words.add(bytes, from, end, hashes[i]));
      from = end;
      if (this.#isNewIn(mark, word)) found[length++] = word;
    }
    return length;
  }

  #isNewIn(mark: number, word: number): boolean {
    if (word === this.#rowsWithWord.length) {
      this.#rowsWithWord.push(0);
      this.#wordMetIn.push(0);
    }
    if (this.#wordMetIn.at(word) === mark) return false;
    this.#wordMetIn.set(word, mark);
    this.#rowsWithWord.set(word, this.#rowsWithWord.at(word) + 1);
    return true;
  }

  #countPairs(): Int32Array {
    const counts = new Int32Array(this.pairs.size);
    for (const term of this.#found.values()) if (term < 0) counts[~term]! += 1;
    return counts;
  }
}

/** Vocabularies grow more slowly than texts (Heaps' law); measured on sentences and on long reviews, rounded up. */
const expectedPairs = (textBytes: number): number =>
  Math.min(MAX_TERMS, Math.ceil(1.6 * textBytes ** 0.8));
