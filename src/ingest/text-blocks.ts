import type { TextEncoding } from '#domain/import-plan.ts';
import { joinBytes } from './byte-source.ts';
import { Unreadable } from './unreadable.ts';

/** Whole lines of a text, each ended by `\n` but perhaps the last. */
export interface TextBlock {
  readonly text: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** Lines that hold bytes that are none of the encoding; in the text they are U+FFFD. */
  readonly damaged: readonly number[];
}

const BLOCK_BYTES = 256 * 1024;
/** A longer one is no line of text. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const LOST = '\ufffd';

/**
 * Cut at line ends, so that each block is decoded for itself and a bad byte is found by its line. All line ends become
 * `\n`.
 * @throws Unreadable when a line does not end
 */
export async function* textBlocks(
  bytes: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncGenerator<TextBlock> {
  const decode = decoder(encoding);
  let waiting: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  for await (const piece of bytes) {
    waiting.push(piece);
    length += piece.length;
    // Where a line goes on and on, it is not put together again with each piece.
    if (length < BLOCK_BYTES || (!piece.includes(10) && length <= MAX_LINE_BYTES)) continue;
    const all = joinBytes(waiting);
    const end = lineEnd(all, encoding);
    if (end > 0) {
      const block = decode(all.subarray(0, end), line);
      line += newlines(block.text);
      yield block;
    }
    waiting = [all.subarray(end)];
    length -= end;
    refuseLongLine(length, line);
  }
  if (length > 0) yield decode(joinBytes(waiting), line);
}

function refuseLongLine(bytes: number, line: number): void {
  if (bytes > MAX_LINE_BYTES)
    throw new Unreadable(
      `Line ${line} is longer than ${MAX_LINE_BYTES / 1024 / 1024} MB: this is no text with a row on each line. Look at the format and the encoding that were chosen.`,
    );
}

function decoder(encoding: TextEncoding): (bytes: Uint8Array, line: number) => TextBlock {
  let first = true;
  return (bytes, line) => {
    // Only the file has a mark of its encoding; a block may begin with the same character.
    const ignoreBOM = !first;
    first = false;
    try {
      const text = new TextDecoder(encoding, { fatal: true, ignoreBOM }).decode(bytes);
      return { text: withPlainEnds(text), line, damaged: [] };
    } catch {
      const text = withPlainEnds(new TextDecoder(encoding, { ignoreBOM }).decode(bytes));
      return { text, line, damaged: linesWith(text, LOST, line) };
    }
  };
}

/** After the last line end; 0 where there is none. */
function lineEnd(bytes: Uint8Array, encoding: TextEncoding): number {
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return bytes.lastIndexOf(10) + 1;
  const low = encoding === 'utf-16le' ? 0 : 1;
  for (let at = bytes.length - (bytes.length % 2) - 2; at >= 0; at -= 2)
    if (bytes[at + low] === 10 && bytes[at + 1 - low] === 0) return at + 2;
  return 0;
}

const withPlainEnds = (text: string): string =>
  text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;

function linesWith(text: string, character: string, first: number): readonly number[] {
  return text.split('\n').flatMap((line, i) => (line.includes(character) ? [first + i] : []));
}

export function newlines(text: string, from = 0, to = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1))
    count++;
  return count;
}
