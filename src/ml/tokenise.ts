import { foldCharacter } from './fold-character.ts';
import { isWordByte, type Tokens } from './tokens.ts';

/** Part of every saved model: a change of what the tokeniser does is a new number. */
export const TOKENISER_VERSION = 1;

const SPACE = 0x20;
const BANG_BYTE = 0x21;
const QUESTION_BYTE = 0x3f;
const BANG = Uint8Array.of(BANG_BYTE);
const QUESTION = Uint8Array.of(QUESTION_BYTE);

/**
 * Cuts UTF-8 `bytes[from..to]` into tokens: words (letters and digits of any script, lower case, accents folded),
 * runs of `!` or `?`, emoji. `n't` stays in its word without its apostrophe (`don't` and `dont` are one word, so
 * negation survives typing); every other apostrophe and all other punctuation separates. Bytes that are not
 * UTF-8 separate too. Training and serving call this and nothing else.
 */
export function tokenise(bytes: Uint8Array, from: number, to: number, tokens: Tokens): void {
  tokens.clear();
  let unit = 0;
  for (let at = from; at < to;) {
    const byte = bytes[at] ?? 0;
    if (isWordByte(byte)) {
      const end = tokens.word(bytes, at, to, unit);
      unit += end - at;
      at = end;
    } else if (byte < 128) {
      at += 1;
      if (byte === SPACE) tokens.gap();
      else mark(byte, unit, at < to ? bytes[at] : 0, tokens);
      unit += 1;
    } else {
      const codePoint = codePointAt(bytes, at, to);
      const units = codePoint > 0xffff ? 2 : 1;
      at += codePoint < 0 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      beyondAscii(codePoint, unit, units, at < to ? bytes[at] : 0, tokens);
      unit += units;
    }
  }
}

/** ASCII that is neither letter nor digit. */
function mark(byte: number, unit: number, next: number | undefined, tokens: Tokens): void {
  if (byte === BANG_BYTE) tokens.symbol(BANG, unit, 1);
  else if (byte === QUESTION_BYTE) tokens.symbol(QUESTION, unit, 1);
  else if (byte === 0x27 || byte === 0x60) apostrophe(unit, next, tokens);
  else tokens.gap();
}

function beyondAscii(
  codePoint: number,
  unit: number,
  units: number,
  next: number | undefined,
  tokens: Tokens,
): void {
  if (codePoint < 0) return tokens.gap();
  const folded = foldCharacter(codePoint);
  switch (folded.kind) {
    case 'letters':
      return tokens.letters(folded.bytes, unit, units);
    case 'symbol':
      return tokens.symbol(folded.bytes, unit, units);
    case 'apostrophe':
      return apostrophe(unit, next, tokens);
    case 'attached':
      return tokens.attach(unit, units);
    case 'gap':
      return tokens.gap();
  }
}

function apostrophe(unit: number, next: number | undefined, tokens: Tokens): void {
  const isNegation = (next === 0x74 || next === 0x54) && tokens.endsWithN();
  if (isNegation) tokens.attach(unit, 1);
  else tokens.gap();
}

/** -1 where no well-formed sequence starts. */
function codePointAt(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4 || at + length > to) return -1;
  let codePoint = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    if ((byte & 0xc0) !== 0x80) return -1;
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  return codePoint < shortest || codePoint > 0x10ffff ? -1 : codePoint;
}
