import type { Explanation, TokenContribution } from '#domain/predictor-api.ts';
import { percent } from './numbers.ts';

export interface SentencePart {
  readonly text: string;
  /** Which way this word moved the score, when it moved it much. */
  readonly moved?: 'positive' | 'negative';
}

const SHARE = 0.25;
const MOST = 8;

/** The text in parts; marked are the words that moved the score at least a quarter as far as the one that moved it most. */
export function sentenceParts(
  text: string,
  explanation: Explanation | undefined,
): readonly SentencePart[] {
  const parts: SentencePart[] = [];
  let at = 0;
  for (const { start, end, contribution } of movers(text, explanation?.tokens ?? [])) {
    if (start < at) continue;
    if (start > at) parts.push({ text: text.slice(at, start) });
    parts.push({ text: text.slice(start, end), moved: contribution > 0 ? 'positive' : 'negative' });
    at = end;
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at) });
  return parts;
}

/** An explanation of an older text may point beyond the end of this one: such tokens are left out. */
function movers(text: string, tokens: readonly TokenContribution[]): readonly TokenContribution[] {
  const most = Math.max(0, ...tokens.map(({ contribution }) => Math.abs(contribution)));
  return tokens
    .filter(({ contribution, end }) => end <= text.length && Math.abs(contribution) >= most * SHARE)
    .filter(({ contribution }) => contribution !== 0)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, MOST)
    .sort((a, b) => a.start - b.start);
}

/** `Negative, 71 %` */
export const labelSentence = ({ label, confidence }: Explanation): string =>
  `${label === 1 ? 'Positive' : 'Negative'}, ${percent(confidence)}`;
