import type { RawRow } from '#domain/import-plan.ts';
import { cellOf } from './cell.ts';
import type { TextBlock } from './text-blocks.ts';
import { reasonOf } from './unreadable.ts';

/** One object a line. */
export async function* jsonRows(
  blocks: AsyncIterable<TextBlock>,
  columns: readonly string[],
): AsyncGenerator<readonly RawRow[]> {
  for await (const { text, line, damaged } of blocks) {
    const bad = new Set(damaged);
    yield text.split('\n').flatMap((one, i) => {
      if (one.trim() === '') return [];
      const at = line + i;
      if (bad.has(at))
        return [
          broken(at, 'it holds bytes that are none of this encoding. Choose another encoding.'),
        ];
      const read = readObject(one);
      return typeof read === 'string'
        ? [broken(at, read)]
        : [{ line: at, cells: columns.map((column) => cellOf(read[column])) }];
    });
  }
}

/** The names of the fields, in the order in which they come up. */
export function jsonColumns(sample: string): readonly string[] {
  const names = new Set<string>();
  for (const line of sample.split('\n')) {
    const read = readObject(line);
    if (typeof read !== 'string') for (const name of Object.keys(read)) names.add(name);
  }
  return [...names];
}

type Fields = Readonly<Record<string, unknown>>;

/** The object, or why it is none. */
function readObject(line: string): Fields | string {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value)
      ? value
      : 'it is no JSON object. Each line of JSONL is one, as {"text": "..."}.';
  } catch (error) {
    return `it is no JSON (${reasonOf(error)}). Mend or delete the line.`;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const broken = (line: number, problem: string): RawRow => ({ line, cells: [], problem });
