/** What the page asks of the predictor worker, over Comlink: serving needs no TensorFlow.js and no engine. */
export interface PredictorApi {
  /**
   * Loads a model container; later explanations come from it.
   * @throws Error with the reason when the bytes are damaged or foreign
   */
  load(container: ArrayBuffer): Promise<void>;
  /** @throws Error before a model was loaded */
  explain(text: string): Promise<Explanation>;
}

export interface Explanation {
  /** 0 negative, 1 positive. */
  readonly label: 0 | 1;
  /** Of the label given, 0.5 to 1. */
  readonly confidence: number;
  readonly tokens: readonly TokenContribution[];
}

/** How far a token moved the score (log odds; positive speaks for "positive"). */
export interface TokenContribution {
  /** UTF-16 offsets into the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly contribution: number;
}
