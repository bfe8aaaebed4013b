import type { Shard, ShardTerms, TermFeatures } from './shard.ts';
import { atLeast, prune, type RowCounts, type Vocabulary } from './vocabulary.ts';
import { refuseTooMany } from './feature-limits.ts';

export interface Merged {
  readonly vocabulary: Vocabulary;
  /** The features of the first shard's terms, and of each other's. */
  readonly own: TermFeatures;
  readonly others: readonly TermFeatures[];
}

/**
 * One vocabulary of shards in the order of their rows. Each lists its terms in order of first appearance, so adding
 * what a later one has and no earlier one gives the order of first appearance over all rows: the same numbers
 * however the rows were cut.
 * @param first takes up the terms of the others
 * @throws TooManyFeatures before anything is allocated for them
 */
export function mergeShards(first: Shard, others: readonly ShardTerms[], minCount: number): Merged {
  const own = first.terms();
  const joined = others.map((terms) => join(first, terms));
  const rowsWith = {
    words: summed(first.words.size, own.rowsWithWord),
    pairs: summed(first.pairs.size, own.rowsWithPair),
  };
  others.forEach((terms, i) => {
    const to = joined[i];
    if (to) addCounts(rowsWith, terms, to);
  });
  refuseTooMany(atLeast(rowsWith.words, minCount) + atLeast(rowsWith.pairs, minCount), minCount);
  const { vocabulary, words, pairs } = prune(first, rowsWith, minCount);
  return {
    vocabulary,
    own: { words, pairs },
    others: joined.map((to) => ({
      words: to.words.map((id) => words[id]!),
      pairs: to.pairs.map((id) => pairs[id]!),
    })),
  };
}

/** @returns the number in `first` of each term */
function join(first: Shard, { words: { bytes, ends }, pairs }: ShardTerms): TermFeatures {
  const words = new Int32Array(ends.length);
  for (let id = 0, from = 0; id < words.length; id++)
    words[id] = first.words.add(bytes, from, (from = ends[id]!));
  const joined = new Int32Array(pairs.length / 2);
  for (let id = 0; id < joined.length; id++)
    joined[id] = first.pairs.add(words[pairs[id * 2]!]!, words[pairs[id * 2 + 1]!]!);
  return { words, pairs: joined };
}

function summed(size: number, counts: Int32Array): Int32Array {
  const wider = new Int32Array(size);
  wider.set(counts);
  return wider;
}

function addCounts(to: RowCounts, terms: ShardTerms, ids: TermFeatures): void {
  terms.rowsWithWord.forEach((count, id) => (to.words[ids.words[id]!]! += count));
  terms.rowsWithPair.forEach((count, id) => (to.pairs[ids.pairs[id]!]! += count));
}
