import type { RowBatch } from '#domain/rows.ts';
import { IntList } from './int-list.ts';
import type { SparseMatrix } from './sparse.ts';
import { tokenise } from './tokenise.ts';
import { Tokens } from './tokens.ts';
import {
  emptyVocabulary,
  featureCount,
  prune,
  type Pruned,
  type Vocabulary,
} from './vocabulary.ts';

export interface LearnedFeatures {
  readonly vocabulary: Vocabulary;
  /** Rows x features. */
  readonly matrix: SparseMatrix;
}

/** The vocabulary of training rows, and those rows in its terms. */
export function learnFeatures(batch: RowBatch, minCount: number): LearnedFeatures {
  const found = new FoundFeatures();
  const tokens = new Tokens();
  for (let row = 0; row < batch.count; row++) {
    tokenise(batch.text, batch.ends[row - 1] ?? 0, batch.ends[row] ?? 0, tokens);
    found.addRow(tokens);
  }
  return found.atLeast(minCount);
}

/** Distinct features row by row: word w as `w`, pair p as `~p`, since the number of words is not known yet. */
class FoundFeatures {
  readonly #all = emptyVocabulary();
  readonly #words = new RowCounts();
  readonly #pairs = new RowCounts();
  readonly #found = new IntList();
  readonly #ends = new IntList();

  addRow(tokens: Tokens): void {
    const row = this.#ends.length;
    let before = -1;
    for (let i = 0; i < tokens.count; i++) {
      const word = this.#all.words.add(tokens.bytes, tokens.from(i), tokens.ends[i] ?? 0);
      if (this.#words.isNew(word, row)) this.#found.push(word);
      if (before >= 0) this.#addPair(before, word, row);
      before = word;
    }
    this.#ends.push(this.#found.length);
  }

  atLeast(minCount: number): LearnedFeatures {
    const rowsWith = { words: this.#words.values(), pairs: this.#pairs.values() };
    const pruned = prune(this.#all, rowsWith, minCount);
    return { vocabulary: pruned.vocabulary, matrix: this.#matrix(pruned) };
  }

  #addPair(left: number, right: number, row: number): void {
    const pair = this.#all.pairs.add(left, right);
    if (this.#pairs.isNew(pair, row)) this.#found.push(~pair);
  }

  #matrix(pruned: Pruned): SparseMatrix {
    const rows = this.#ends.length;
    const offsets = new Uint32Array(rows + 1);
    const indices = new IntList();
    for (let row = 0, at = 0; row < rows; row++) {
      for (const end = this.#ends.at(row); at < end; at++) {
        const feature = featureOf(this.#found.at(at), pruned);
        if (feature >= 0) indices.push(feature);
      }
      offsets[row + 1] = indices.length;
    }
    const columns = featureCount(pruned.vocabulary);
    return { rows, columns, offsets, indices: Uint32Array.from(indices.values()) };
  }
}

const featureOf = (found: number, { words, pairs }: Pruned): number =>
  (found >= 0 ? words[found] : pairs[~found]) ?? -1;

/** In how many rows each id stands. Rows come in order, ids as a table hands them out. */
class RowCounts {
  readonly #counts = new IntList();
  readonly #lastRow = new IntList();

  /** Whether `id` was not yet seen in `row`; counts it then. */
  isNew(id: number, row: number): boolean {
    if (id === this.#counts.length) this.#add();
    if (this.#lastRow.at(id) === row) return false;
    this.#lastRow.set(id, row);
    this.#counts.set(id, this.#counts.at(id) + 1);
    return true;
  }

  values(): Int32Array {
    return this.#counts.values();
  }

  #add(): void {
    this.#counts.push(0);
    this.#lastRow.push(-1);
  }
}
