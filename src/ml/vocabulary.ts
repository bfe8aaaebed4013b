import { ByteTable } from './byte-table.ts';
import { PairTable } from './pair-table.ts';

/** Words and pairs of neighbouring words. Features are numbered words first: pair p is feature `words.size + p`. */
export interface Vocabulary {
  readonly words: ByteTable;
  /** Pairs of word ids. */
  readonly pairs: PairTable;
}

export const emptyVocabulary = (): Vocabulary => ({
  words: new ByteTable(),
  pairs: new PairTable(),
});

export const featureCount = ({ words, pairs }: Vocabulary): number => words.size + pairs.size;

/** What is kept of a vocabulary, with the feature each old word or pair became (-1: dropped). */
export interface Pruned {
  readonly vocabulary: Vocabulary;
  readonly words: Int32Array;
  readonly pairs: Int32Array;
}

/**
 * Keeps the words and pairs that stand in at least `minCount` rows, in the same order.
 * Invariant: the words of a kept pair are kept, since they stand in every row that the pair stands in.
 */
export function prune(
  { words, pairs }: Vocabulary,
  rowsWith: { readonly words: ArrayLike<number>; readonly pairs: ArrayLike<number> },
  minCount: number,
): Pruned {
  const kept = emptyVocabulary();
  const wordTo = keep(words.size, rowsWith.words, minCount, (id) => {
    const bytes = words.entry(id);
    return kept.words.add(bytes, 0, bytes.length);
  });
  const pairTo = keep(pairs.size, rowsWith.pairs, minCount, (id) =>
    kept.pairs.add(wordTo[pairs.left(id)] ?? 0, wordTo[pairs.right(id)] ?? 0),
  );
  return {
    vocabulary: kept,
    words: wordTo,
    pairs: pairTo.map((p) => (p < 0 ? p : p + kept.words.size)),
  };
}

function keep(
  size: number,
  rowsWith: ArrayLike<number>,
  minCount: number,
  add: (id: number) => number,
): Int32Array {
  return Int32Array.from({ length: size }, (_, id) =>
    (rowsWith[id] ?? 0) < minCount ? -1 : add(id),
  );
}
