import { readFileSync } from 'node:fs';
import type { LabelledText } from '#domain/rows.ts';

/** A row of the built-in corpus, as its file has it. */
export interface CorpusRow extends LabelledText {
  /** Of arrival, counted from 1. */
  readonly day: number;
  /** A reader knows the label at once, a counter of words does not. */
  readonly hard: boolean;
}

export const HEADER = 'id\tday\tdomain\tlabel\thard\ttext';

/** Relative to the project's folder, where tests and benches run. */
const PATH = 'public/corpus/reviews.tsv';

export const corpusText = (): string => readFileSync(PATH, 'utf8');

export const corpusRows = (text = corpusText()): readonly CorpusRow[] =>
  text.split('\n').slice(1).filter(Boolean).map(rowOf);

function rowOf(line: string): CorpusRow {
  const [id = '', day, domain = '', label, hard, text = ''] = line.split('\t');
  return { id, day: Number(day), domain, label: label === '1' ? 1 : 0, hard: hard === '1', text };
}
