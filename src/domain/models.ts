import type { ContentHash } from './ids.ts';

/** The champion answers; the challenger is kept beside it to be compared. */
export const MODEL_ALIASES = ['champion', 'challenger'] as const;
export type ModelAlias = (typeof MODEL_ALIASES)[number];

/** All that identifies a dataset and its split: what crosses between workers instead of rows. */
export type DatasetFacts = {
  readonly dataset: string;
  /** Last arrival day in it. */
  readonly until: number;
  /** Of the split. */
  readonly seed: number;
  /** Of the rows of all days. */
  readonly contentHash: ContentHash;
  /** Rows of each side. */
  readonly counts: { readonly train: number; readonly heldOut: number };
  /** Share of the training labels that an injected fault turns round. */
  readonly flipped?: number;
};

/** What a model file says of the model in it. */
export interface ModelFileAbout {
  /** Words and pairs of words with a weight. */
  readonly features: number;
  readonly trainedRows: number;
  readonly seed: number;
  /** Of the rows it was trained on. */
  readonly snapshot: string;
  readonly backend: string;
  /** Measured on held-out rows when it was trained; empty when there were none. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly createdBy: string;
}

/** A version of a model, and where its file is. */
export interface FoundModel {
  readonly version: number;
  readonly hash: ContentHash;
  /** What it was trained on; absent for versions from before this was kept. */
  readonly data?: DatasetFacts;
}
