import type { TopWord, TopWords } from '#domain/predictor-api.ts';
import type { StoredModel } from './container.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The words and pairs of neighbouring words with the largest weights of each side, largest first. A weight is log odds:
 * what the feature adds to the score of a text that holds nothing else; among n features it adds 1 / sqrt(n) of that.
 */
export function topWords({ vocabulary, weights }: StoredModel, most: number): TopWords {
  const positive = largest(weights, most, (weight) => weight);
  const negative = largest(weights, most, (weight) => -weight);
  const word = (feature: number): TopWord => ({
    text: featureText(vocabulary, feature),
    weight: weights[feature] ?? 0,
  });
  return { positive: positive.map(word), negative: negative.map(word) };
}

const decoder = new TextDecoder();

/** `great`, or `not good` for a pair. */
function featureText({ words, pairs }: Vocabulary, feature: number): string {
  const word = (id: number): string => decoder.decode(words.entry(id));
  if (feature < words.size) return word(feature);
  const pair = feature - words.size;
  return `${word(pairs.left(pair))} ${word(pairs.right(pair))}`;
}

/** Features by descending strength above 0, at most so many: the weakest of those found makes room. */
function largest(
  weights: Float32Array,
  most: number,
  strengthOf: (weight: number) => number,
): readonly number[] {
  const found: number[] = [];
  const strength = (feature: number): number => strengthOf(weights[feature] ?? 0);
  let floor = 0;
  for (let feature = 0; feature < weights.length; feature++) {
    if (strength(feature) <= floor) continue;
    found.push(feature);
    if (found.length < most * 4) continue;
    found.sort((a, b) => strength(b) - strength(a)).length = most;
    floor = strength(found[most - 1] ?? 0);
  }
  found.sort((a, b) => strength(b) - strength(a));
  return found.slice(0, most);
}
