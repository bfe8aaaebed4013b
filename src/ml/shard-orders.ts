import type { ByteEntries } from './byte-table.ts';
import type { FeatureRows, ShardTerms, TermFeatures, Texts } from './shard.ts';

/** What the trainer asks of an assistant. Data goes straight between the two workers: same program, same trust. */
export type ShardOrder =
  /** Counts the words and pairs of some rows. @see Shard */
  | { readonly order: 'learn'; readonly texts: Texts }
  /** Gives the rows that were learned from, in features; `learned` is the id of the question they came with. */
  | { readonly order: 'translate'; readonly learned: number; readonly features: TermFeatures }
  /** Gives rows in terms of a vocabulary that was not learned from them. */
  | { readonly order: 'read'; readonly texts: Texts; readonly vocabulary: SentVocabulary };

export interface SentVocabulary {
  readonly words: ByteEntries;
  readonly pairs: Uint32Array;
}

export interface ShardAnswers {
  readonly learn: ShardTerms;
  readonly translate: FeatureRows;
  readonly read: FeatureRows;
}

export interface ShardQuestion {
  readonly id: number;
  readonly order: ShardOrder;
}

export interface ShardReply {
  readonly id: number;
  /** Absent when it could not be done: whoever asked does it himself, and meets the reason. */
  readonly answer?: ShardAnswers[keyof ShardAnswers];
}
