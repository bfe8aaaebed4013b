import type { TokenContribution } from '#domain/predictor-api.ts';
import { unpackModel, type ModelMeta, type StoredModel } from './container.ts';
import { probabilityOf, Scorer } from './scorer.ts';

/** A trained model ready to answer, without TensorFlow.js. Not to be shared between threads: it keeps buffers. */
export interface LoadedModel {
  readonly meta: ModelMeta;
  /** Log odds of "positive". */
  score(text: string): number;
  /** Of "positive", 0..1. */
  probability(text: string): number;
  explain(text: string): Explanation;
}

export interface Explanation {
  /** 0 negative, 1 positive. */
  readonly label: 0 | 1;
  /** Of "positive", 0..1. */
  readonly probability: number;
  /** `bias` and all contributions sum to it. */
  readonly score: number;
  readonly bias: number;
  /** Every token of the text in order; words the model does not know contribute 0. */
  readonly tokens: readonly TokenContribution[];
}

/**
 * @param bytes a model file, as `model.save` stores it
 * @throws UnreadableFile when they are damaged or something else
 */
export const loadModel = (bytes: Uint8Array): LoadedModel => readyModel(unpackModel(bytes));

export function readyModel(stored: StoredModel): LoadedModel {
  const scorer = new Scorer(stored);
  const utf8 = new Utf8Buffer();
  const score = (text: string): number => {
    const length = utf8.write(text);
    return scorer.score(utf8.bytes, 0, length);
  };
  return {
    meta: stored.meta,
    score,
    probability: (text) => probabilityOf(score(text)),
    explain: (text) => explanation(score(text), scorer, utf8, text),
  };
}

function explanation(score: number, scorer: Scorer, utf8: Utf8Buffer, text: string): Explanation {
  const length = utf8.write(text);
  const contributions = scorer.contributions(utf8.bytes, 0, length);
  const { words, tokens: read } = scorer.reader;
  const { starts, stops } = read;
  const tokens = Array.from(contributions, (contribution, i) => ({
    start: starts[i] ?? 0,
    end: stops[i] ?? 0,
    contribution,
    known: (words[i] ?? -1) >= 0,
  }));
  return {
    label: score > 0 ? 1 : 0,
    probability: probabilityOf(score),
    score,
    bias: scorer.bias,
    tokens,
  };
}

/** Texts as UTF-8 in one buffer that grows when it must. */
class Utf8Buffer {
  bytes = new Uint8Array(4096);
  readonly #encoder = new TextEncoder();

  /** @returns the length in bytes; afterwards `bytes` may be another buffer */
  write(text: string): number {
    // A UTF-16 unit takes at most 3 bytes.
    if (text.length * 3 > this.bytes.length) this.bytes = new Uint8Array(text.length * 3);
    return this.#encoder.encodeInto(text, this.bytes).written;
  }
}
