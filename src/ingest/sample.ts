import type { FileFormat, Reading, TextEncoding } from '#domain/import-plan.ts';
import { guessCells } from './delimited.ts';
import { Unreadable } from './unreadable.ts';

export const SAMPLE_BYTES = 512 * 1024;

interface Sample {
  readonly sample: string;
  /** The file goes on. */
  readonly cut: boolean;
}

/** What the first bytes say of a file, where the person did not say it. @throws Unreadable where it is no table */
export function guessReading(
  head: Uint8Array,
  name: string,
  asked: Partial<Reading>,
): Omit<Reading, 'header'> & Sample {
  if (head.length === 0)
    throw new Unreadable(`${name} is empty: it has 0 bytes. Choose another file.`);
  const format = asked.format ?? binaryFormat(head, name);
  if (format === 'parquet')
    return { format, encoding: 'utf-8', delimiter: '', quotes: false, sample: '', cut: false };
  const encoding = asked.encoding ?? markedEncoding(head);
  const cut = head.length === SAMPLE_BYTES;
  const sample = wholeLines(head, encoding);
  if (sample.trim() === '')
    throw new Unreadable(`${name} holds no text but spaces and empty lines. Choose another file.`);
  const text = format ?? textFormat(sample, name);
  if (text === 'jsonl')
    return { format: text, encoding, delimiter: '', quotes: false, sample, cut };
  return { format: text, encoding, ...cells(sample, name, asked), sample, cut };
}

function cells(sample: string, name: string, { delimiter, quotes }: Partial<Reading>) {
  const guessed = guessCells(sample, name);
  return {
    delimiter: delimiter ?? guessed.delimiter,
    // Another delimiter was chosen: what was found of quotes was found with the wrong one.
    quotes: quotes ?? (delimiter === undefined || delimiter === '\t' ? guessed.quotes : true),
  };
}

const starts = (head: Uint8Array, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, i) => head[i] === byte);

function binaryFormat(head: Uint8Array, name: string): FileFormat | undefined {
  if (starts(head, 0x50, 0x41, 0x52, 0x31)) return 'parquet';
  if (/\.parquet$/i.test(name))
    throw new Unreadable(
      `${name} is named as Parquet and is none: it does not begin with PAR1. Download or make it again.`,
    );
  if (starts(head, 0x50, 0x4b))
    throw new Unreadable(
      `${name} is a ZIP archive or a spreadsheet. Unpack it, or save the sheet as CSV, and choose that file.`,
    );
  if (markedEncoding(head) === 'utf-8' && head.includes(0))
    throw new Unreadable(
      `${name} is no text: it holds zero bytes. Choose a CSV, TSV, JSONL or Parquet file.`,
    );
  return undefined;
}

function markedEncoding(head: Uint8Array): TextEncoding {
  if (starts(head, 0xff, 0xfe)) return 'utf-16le';
  if (starts(head, 0xfe, 0xff)) return 'utf-16be';
  return 'utf-8';
}

/** Without the line that the end of the sample cuts. */
function wholeLines(head: Uint8Array, encoding: TextEncoding): string {
  const text = new TextDecoder(encoding).decode(head).replace(/\r\n?/g, '\n');
  const end = text.lastIndexOf('\n') + 1;
  return head.length < SAMPLE_BYTES || end === 0 ? text : text.slice(0, end);
}

function textFormat(sample: string, name: string): FileFormat {
  const first = sample.trimStart();
  if (/^\[\s*[{[]/.test(first))
    throw new Unreadable(
      `${name} is one JSON array. JSONL has one object on each line: write it so, for example with jq -c '.[]'.`,
    );
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(name) || first.startsWith('{"') || first.startsWith('{ "'))
    return 'jsonl';
  return 'delimited';
}
