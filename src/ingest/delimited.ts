import Papa from 'papaparse';
import type { RawRow, Reading } from '#domain/import-plan.ts';
import { newlines, type TextBlock } from './text-blocks.ts';
import { Unreadable } from './unreadable.ts';

/** Of a row that spans blocks, in UTF-16 units: past it, a quote was opened that nobody closes. */
const MAX_ROW_LENGTH = 8 * 1024 * 1024;
/** Stands in no text: then a line is one cell. */
const NEVER = '\u001f';

type Cells = Pick<Reading, 'delimiter' | 'quotes'>;

interface Step {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly type: string; readonly code: string }[];
  readonly meta: { readonly cursor: number };
}

/** Rows of CSV, TSV and their like, with the line each begins on. @throws Unreadable when a quote never closes */
export async function* delimitedRows(
  blocks: AsyncIterable<TextBlock>,
  cells: Cells,
): AsyncGenerator<readonly RawRow[]> {
  const damaged = new Set<number>();
  let rest = '';
  let line = 1;
  for await (const block of blocks) {
    for (const one of block.damaged) damaged.add(one);
    const input = rest + block.text;
    const read = readRows(input, cells, { line, damaged, more: true });
    if (input.length - read.end > MAX_ROW_LENGTH)
      throw neverCloses(read.line, `${MAX_ROW_LENGTH / 1024 / 1024} MB`);
    rest = input.slice(read.end);
    line = read.line;
    yield read.rows;
  }
  const last = readRows(rest, cells, { line, damaged, more: false });
  yield last.rows;
  if (last.open !== undefined) throw neverCloses(last.open, 'the file');
}

const neverCloses = (line: number, where: string): Unreadable =>
  new Unreadable(
    `Line ${line}: a quote opens there and does not close within ${where}, so nothing below it can be read. Close it in the file, or choose that quotes are plain characters.`,
  );

interface From {
  readonly line: number;
  readonly damaged: ReadonlySet<number>;
  /** The last row may go on in the next block. */
  readonly more: boolean;
}

interface Found {
  readonly rows: readonly RawRow[];
  /** How far `input` was read. */
  readonly end: number;
  /** That comes next. */
  readonly line: number;
  /** Where a quote opens that never closes. */
  readonly open?: number;
}

function readRows(input: string, cells: Cells, { line, damaged, more }: From): Found {
  const rows: RawRow[] = [];
  let end = 0;
  let at = line;
  let open: number | undefined;
  const step = ({ data, errors, meta }: Step): void => {
    const lines = newlines(input, end, meta.cursor);
    const found = data[0] ?? [];
    const problem = problemOf(errors, damaged, at, at + Math.max(0, lines - 1));
    if (errors.some(({ code }) => code === 'MissingQuotes')) open ??= at;
    // An empty line is no row.
    if (found.length > 1 || found[0] !== '') rows.push({ line: at, cells: found, ...problem });
    at += lines;
    end = meta.cursor;
  };
  parse(input, cells, step, more);
  return { rows, end, line: at, ...(open === undefined ? {} : { open }) };
}

function parse(
  input: string,
  { delimiter, quotes }: Cells,
  step: (step: Step) => void,
  more: boolean,
): void {
  if (input === '') return;
  const parser = new Papa.Parser({
    delimiter: delimiter === '' ? NEVER : delimiter,
    newline: '\n',
    ...(quotes && delimiter !== '' ? {} : { fastMode: true }),
    step,
  });
  parser.parse(input, 0, more);
}

function problemOf(
  errors: Step['errors'],
  damaged: ReadonlySet<number>,
  first: number,
  last: number,
): { readonly problem?: string } {
  if (damaged.size > 0)
    for (let line = first; line <= last; line++)
      if (damaged.has(line))
        return {
          problem: 'it holds bytes that are none of this encoding. Choose another encoding.',
        };
  return errors.some(({ type }) => type === 'Quotes')
    ? {
        problem:
          'a quote opens or closes in the middle of a cell. Mend it, or choose that quotes are plain characters.',
      }
    : {};
}

const SAMPLE_ROWS = 60;
const DELIMITERS = [',', ';', '\t', '|'];

/** Rows of the begin of a file. @param cut the file goes on, and with it perhaps the last row */
export const sampleRows = (sample: string, cells: Cells, cut: boolean): readonly RawRow[] =>
  readRows(sample, cells, { line: 1, damaged: new Set(), more: cut }).rows;

/** What stands between cells, and whether quotes enclose them, from the first lines. */
export function guessCells(sample: string, name: string): Cells {
  const lines = sample
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, SAMPLE_ROWS);
  const tabbed = lines.length > 0 && lines.every((line) => line.includes('\t'));
  if (tabbed || /\.(tsv|tab)(\.gz)?$/i.test(name))
    return { delimiter: '\t', quotes: enclosesCells(sample) };
  const shares = DELIMITERS.map((delimiter) => regularity(sample, delimiter));
  const best = Math.max(...shares);
  if (best < FEWEST_REGULAR) return { delimiter: '', quotes: false };
  return { delimiter: DELIMITERS[shares.indexOf(best)] ?? ',', quotes: true };
}

/** Tab-separated files usually have none; then a quote at the begin of a text must not swallow what follows. */
function enclosesCells(sample: string): boolean {
  const rows = sampleRows(sample, { delimiter: '\t', quotes: true }, true);
  const enclosed = /(^|\t)"[^"]*("")*[^"]*"(\t|\n)/m.test(sample);
  return enclosed && rows.every(({ problem }) => problem === undefined);
}

/** Below, the delimiter is a comma of a sentence. */
const FEWEST_REGULAR = 0.5;

/** The share of rows that have as many cells as the first; 0 where that has one. */
function regularity(sample: string, delimiter: string): number {
  const rows = sampleRows(sample, { delimiter, quotes: true }, false).slice(0, SAMPLE_ROWS);
  const width = rows[0]?.cells.length ?? 1;
  return width < 2 ? 0 : rows.filter(({ cells }) => cells.length === width).length / rows.length;
}
