import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpusRows, type CorpusRow } from './corpus-rows.ts';

const card = readFileSync('public/corpus/README.md', 'utf8');
const rows = corpusRows();
const domains = [...new Set(rows.map((row) => row.domain))].toSorted();

/** As a line of the table of counts has them: label 0 plain and hard, label 1 plain and hard, all. */
function counts(some: readonly CorpusRow[]): readonly number[] {
  const count = (label: number, hard: boolean) =>
    some.filter((row) => row.label === label && row.hard === hard).length;
  return [count(0, false), count(0, true), count(1, false), count(1, true), some.length];
}

const line = (name: string, cells: readonly number[]): string =>
  `| ${[name, ...cells].join(' | ')} |`;

describe('the data card of the built-in corpus', () => {
  it.each(domains)('counts the rows of %s by label and kind', (domain) => {
    const own = rows.filter((row) => row.domain === domain);
    expect(card).toContain(line(domain, counts(own)));
  });

  it('counts all rows', () => {
    expect(card).toContain(line('all', counts(rows)));
    expect(card).toContain(`${rows.length.toLocaleString('en')} short English reviews`);
    expect(card).toContain(`\`${rows[0]?.id}\` to \`${rows.at(-1)?.id}\``);
  });

  it('says how long the texts are and how even the labels', () => {
    const lengths = rows.map((row) => row.text.split(/\s+/).length);
    const mean = Math.round(lengths.reduce((sum, length) => sum + length, 0) / rows.length);
    expect(card).toContain(
      `${Math.min(...lengths)} to ${Math.max(...lengths)} words, ${mean} on average`,
    );
    const positive = rows.filter((row) => row.label === 1).length / rows.length;
    expect(card).toContain(`Label 1: ${(100 * positive).toFixed(1)} %`);
  });
});
