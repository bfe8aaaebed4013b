import type { LoadedModel } from './predict.ts';

/** What a model says of one text. */
export interface Prediction {
  /** 0 negative, 1 positive. */
  readonly label: 0 | 1;
  /** Of "positive", 0 to 1. */
  readonly probability: number;
}

export function prediction(model: LoadedModel, text: string): Prediction {
  const probability = model.probability(text);
  return { label: probability > 0.5 ? 1 : 0, probability };
}

/** @throws Error that says which is none: author code passes anything */
export function checkedTexts(texts: readonly string[]): readonly string[] {
  const given: unknown = texts;
  if (!Array.isArray(given)) throw new Error("model.predict takes a list of texts: ['good'].");
  texts.forEach((text: unknown, i) => {
    if (typeof text === 'string') return;
    throw new Error(`Text ${i + 1} of ${texts.length} is no text but ${typeof text}.`);
  });
  return texts;
}
