import { ByteTable } from './byte-table.ts';
import { PairTable } from './pair-table.ts';

/** Words and pairs of neighbouring words. Features are numbered words first: pair p is feature `words.size + p`. */
export interface Vocabulary {
  readonly words: ByteTable;
  /** Pairs of word ids. */
  readonly pairs: PairTable;
}

export const featureCount = ({ words, pairs }: Vocabulary): number => words.size + pairs.size;

/** What is kept of a vocabulary, with the feature each old word or pair became (-1: dropped). */
export interface Pruned {
  readonly vocabulary: Vocabulary;
  readonly words: Int32Array;
  readonly pairs: Int32Array;
}

/** In how many rows each word and each pair stands. */
export interface RowCounts {
  readonly words: Int32Array;
  readonly pairs: Int32Array;
}

/**
 * Keeps the words and pairs that stand in at least `minCount` rows, in the same order.
 * Invariant: the words of a kept pair are kept, since they stand in every row that the pair stands in.
 */
export function prune({ words, pairs }: Vocabulary, rowsWith: RowCounts, minCount: number): Pruned {
  const wordTo = numbered(rowsWith.words, minCount);
  const pairTo = numbered(rowsWith.pairs, minCount);
  const kept = {
    words: new ByteTable(),
    pairs: new PairTable(atLeast(rowsWith.pairs, minCount)),
  };
  wordTo.forEach((to, id) => {
    if (to < 0) return;
    const bytes = words.entry(id);
    kept.words.add(bytes, 0, bytes.length);
  });
  for (let id = 0; id < pairTo.length; id++) {
    if (pairTo[id]! < 0) continue;
    kept.pairs.add(wordTo[pairs.left(id)]!, wordTo[pairs.right(id)]!);
    pairTo[id]! += kept.words.size;
  }
  return { vocabulary: kept, words: wordTo, pairs: pairTo };
}

/** How many reach it. */
export function atLeast(counts: Int32Array, minCount: number): number {
  let reached = 0;
  for (const count of counts) if (count >= minCount) reached++;
  return reached;
}

/** The new number of each that is kept, counted from 0; -1 for the others. */
function numbered(counts: Int32Array, minCount: number): Int32Array {
  let next = 0;
  return counts.map((count) => (count < minCount ? -1 : next++));
}
