import type { RowBatch } from '#domain/rows.ts';
import type { ByteTable } from './byte-table.ts';
import { IntList } from './int-list.ts';
import { tokenise } from './tokenise.ts';
import { Tokens } from './tokens.ts';

/** Texts as numbers of words, one a token: row i is `words[ends[i - 1] or 0 .. ends[i]]`. */
export interface TokenRows {
  readonly words: Int32Array;
  readonly ends: Uint32Array;
}

/** Numbers every word of the rows by `table`, which learns the new ones. */
export function tokenRows({ count, text, ends }: RowBatch, table: ByteTable): TokenRows {
  const tokens = new Tokens();
  const words = new IntList();
  const rowEnds = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    tokenise(text, ends[row - 1] ?? 0, ends[row] ?? 0, tokens);
    for (let i = 0; i < tokens.count; i++)
      words.push(table.add(tokens.bytes, tokens.from(i), tokens.ends[i] ?? 0, tokens.hashes[i]));
    rowEnds[row] = words.length;
  }
  return { words: Int32Array.from(words.values()), ends: rowEnds };
}

/** How often each word stands in the rows; as long as the table is large. */
export function wordCounts({ words }: TokenRows, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const word of words) counts[word]! += 1;
  return counts;
}
