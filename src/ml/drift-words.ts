import type { ByteTable } from './byte-table.ts';
import { wordShare } from './drift-measures.ts';

/** A word that is much more, or much less, frequent in the batch than where the model was trained. */
export interface ShiftedWord {
  readonly word: string;
  /** Times in 10,000 words. */
  readonly now: number;
  readonly before: number;
  /** Bits that it adds to the divergence. */
  readonly divergence: number;
  /** Whether the model was trained with it. */
  readonly known: boolean;
}

/** A word that stands in the batch or the reference less often than this may be chance. */
const LEAST_COUNT = 3;

/** Those that add most to the divergence, the strongest first. */
export function shiftedWords(
  table: ByteTable,
  counts: Uint32Array,
  reference: Uint32Array,
  known: (word: number) => boolean,
  most: number,
): readonly ShiftedWord[] {
  const [total, totalBefore] = [sumOf(counts), sumOf(reference)];
  const found: { readonly word: number; readonly divergence: number }[] = [];
  for (let word = 0; word < counts.length; word++) {
    const [count, before] = [counts[word] ?? 0, reference[word] ?? 0];
    if (count + before < LEAST_COUNT) continue;
    found.push({ word, divergence: wordShare(count / total, before / totalBefore) });
  }
  const decoder = new TextDecoder();
  return found
    .sort((a, b) => b.divergence - a.divergence || a.word - b.word)
    .slice(0, most)
    .map(({ word, divergence }) => ({
      word: decoder.decode(table.entry(word)),
      now: ((counts[word] ?? 0) * 10_000) / total,
      before: ((reference[word] ?? 0) * 10_000) / totalBefore,
      divergence,
      known: known(word),
    }));
}

const sumOf = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
