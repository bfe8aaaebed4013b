import type { ModelFileAbout } from './models.ts';

/** What the page asks of the predictor worker, over Comlink: serving needs no TensorFlow.js and no engine. */
export interface PredictorApi {
  /**
   * Loads a model container; later explanations come from it.
   * @throws Error with the reason when the bytes are damaged or foreign
   */
  load(container: ArrayBuffer): Promise<void>;
  /** @throws Error before a model was loaded */
  explain(text: string): Promise<Explanation>;
  /**
   * Keeps a container beside that one under a key of the caller's, for the calls below. Those used longest ago are
   * forgotten when all kept ones together would hold too much.
   * @throws Error with the reason when the bytes are damaged or foreign
   */
  keep(key: string, container: ArrayBuffer): Promise<void>;
  /** Undefined when nothing is kept under the key (any more): keep it and ask again. */
  explainBy(key: string, text: string): Promise<Explanation | undefined>;
  describe(key: string): Promise<ModelFileAbout | undefined>;
  /** The words and pairs with the largest weights, at most so many of each side. */
  topWords(key: string, most: number): Promise<TopWords | undefined>;
  /** A zip with the model as files for TensorFlow.js, and how to make their input from a text. */
  tensorFlowFiles(key: string): Promise<ArrayBuffer | undefined>;
}

export interface Explanation {
  /** 0 negative, 1 positive. */
  readonly label: 0 | 1;
  /** Of the label given, 0.5 to 1. */
  readonly confidence: number;
  /** Log odds of "positive": `bias` and all contributions sum to it. */
  readonly score: number;
  readonly bias: number;
  readonly tokens: readonly TokenContribution[];
}

/** How far a token moved the score (log odds; positive speaks for "positive"). */
export interface TokenContribution {
  /** UTF-16 offsets into the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly contribution: number;
  /** False: the model has never met the word, so it contributes 0. */
  readonly known: boolean;
}

/** Largest weight first. */
export interface TopWords {
  readonly positive: readonly TopWord[];
  readonly negative: readonly TopWord[];
}

export interface TopWord {
  /** `great`, or a pair of neighbouring words: `not good`. */
  readonly text: string;
  /** Log odds that it adds to a text of nothing else; below 0 speaks for "negative". */
  readonly weight: number;
}
