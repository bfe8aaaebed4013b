import type { Explanation } from '#domain/predictor-api.ts';

/** One word of a sentence and what it added to the score. */
export interface WordShare {
  readonly word: string;
  readonly contribution: number;
  readonly known: boolean;
  /** Of the largest in the sentence, -1 to 1: how far its bar reaches, and to which side. */
  readonly reach: number;
}

export function wordShares(text: string, { tokens, bias }: Explanation): readonly WordShare[] {
  const most = Math.max(
    Number.MIN_VALUE,
    Math.abs(bias),
    ...tokens.map(({ contribution }) => Math.abs(contribution)),
  );
  return tokens
    .filter(({ end }) => end <= text.length)
    .map(({ start, end, contribution, known }) => ({
      word: text.slice(start, end),
      contribution,
      known,
      reach: contribution / most,
    }));
}

/** `+0.42`, `−1.30`, `0.00`: log odds. */
export function logOdds(value: number): string {
  const shown = Math.abs(value).toFixed(2);
  if (Number(shown) === 0) return '0.00';
  return `${value > 0 ? '+' : '−'}${shown}`;
}
