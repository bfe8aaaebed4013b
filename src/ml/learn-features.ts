import { mergeShards, type Merged } from './merge-shards.ts';
import { Shard, type FeatureRows, type Texts } from './shard.ts';
import type { SparseMatrix } from './sparse.ts';
import { featureCount, type Vocabulary } from './vocabulary.ts';

export interface LearnedFeatures {
  readonly vocabulary: Vocabulary;
  /** Rows x features. */
  readonly matrix: SparseMatrix;
}

/**
 * The vocabulary of training rows, and those rows in its terms.
 * @throws TooManyFeatures
 */
export function learnFeatures(texts: Texts, minCount: number): LearnedFeatures {
  const shard = new Shard(texts.text.length);
  shard.add(texts, 0, texts.count);
  const merged = mergeShards(shard, [], minCount);
  return learned(merged, [shard.translated(merged.own)]);
}

/** @param parts the rows of each shard, in their order */
export function learned(
  { vocabulary }: Pick<Merged, 'vocabulary'>,
  parts: readonly FeatureRows[],
): LearnedFeatures {
  return { vocabulary, matrix: asMatrix(parts, featureCount(vocabulary)) };
}

/** Rows of several parts as one matrix. */
export function asMatrix(parts: readonly FeatureRows[], columns: number): SparseMatrix {
  const [only, ...others] = parts;
  if (only && others.length === 0) return { rows: only.offsets.length - 1, columns, ...only };
  const rows = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const offsets = new Uint32Array(rows + 1);
  const indices = new Uint32Array(parts.reduce((sum, part) => sum + part.indices.length, 0));
  let row = 0;
  let at = 0;
  for (const part of parts) {
    indices.set(part.indices, at);
    for (const end of part.offsets.subarray(1)) offsets[++row] = at + end;
    at += part.indices.length;
  }
  return { rows, columns, offsets, indices };
}
