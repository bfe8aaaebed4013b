/** Which values of a label column mean what; what is in neither is left out. Compared without case and outer spaces. */
export interface LabelMapping {
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

/** Words that come together, the positive one first. */
const PAIRS = [
  ['1', '0'],
  ['1', '-1'],
  ['positive', 'negative'],
  ['pos', 'neg'],
  ['p', 'n'],
  ['+', '-'],
  ['good', 'bad'],
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
  ['recommended', 'not recommended'],
  ['fresh', 'rotten'],
  ['like', 'dislike'],
] as const;

export const normalLabel = (value: string): string => value.trim().toLowerCase();

/**
 * Of two numbers the higher is positive; of more, those above the middle, and the middle is left out. Of a pair of words
 * that is known both are mapped where only one was seen: files are often sorted by label.
 */
export function guessLabels(values: readonly string[]): LabelMapping {
  const distinct = [...new Set(values.map(normalLabel))].filter((value) => value !== '');
  const pair = PAIRS.find((one) => distinct.every((value) => one.some((word) => word === value)));
  if (distinct.length > 0 && pair) return { positive: [pair[0]], negative: [pair[1]] };
  const numbers = distinct.map(Number);
  if (distinct.length > 1 && numbers.every(Number.isFinite)) return byMiddle(distinct, numbers);
  return {
    positive: distinct.filter((value) => PAIRS.some(([word]) => word === value)),
    negative: distinct.filter((value) => PAIRS.some(([, word]) => word === value)),
  };
}

function byMiddle(values: readonly string[], numbers: readonly number[]): LabelMapping {
  const middle = (Math.min(...numbers) + Math.max(...numbers)) / 2;
  return {
    positive: values.filter((_, i) => (numbers[i] ?? middle) > middle),
    negative: values.filter((_, i) => (numbers[i] ?? middle) < middle),
  };
}

/** 1, 0, or undefined: left out. */
export function labelReader({
  positive,
  negative,
}: LabelMapping): (value: string) => 0 | 1 | undefined {
  const known = new Map<string, 0 | 1>([
    ...negative.map((value) => [normalLabel(value), 0] as const),
    ...positive.map((value) => [normalLabel(value), 1] as const),
  ]);
  return (value) => known.get(normalLabel(value));
}
