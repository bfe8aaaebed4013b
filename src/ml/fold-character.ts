/** What a character beyond ASCII means to the tokeniser. */
export type Folded =
  /** Part of a word: lower case, accents removed, UTF-8. */
  | { readonly kind: 'letters'; readonly bytes: Uint8Array }
  /** A token by itself: an emoji. */
  | { readonly kind: 'symbol'; readonly bytes: Uint8Array }
  | { readonly kind: 'apostrophe' }
  /** Belongs to the character before it: combining marks, joiners, variation selectors, skin tones. */
  | { readonly kind: 'attached' }
  | { readonly kind: 'gap' };

const APOSTROPHES = new Set('\u2018\u2019\u201B\u02BC\u00B4\uFF07');
const MARKS = /\p{M}/gu;
const ATTACHED = /^[\p{M}\p{Cf}\p{Emoji_Modifier}]$/u;
const WORD = /^[\p{L}\p{N}]$/u;
const NOT_WORD = /[^\p{L}\p{N}]/gu;
const EMOJI = /^[\p{Extended_Pictographic}\p{Regional_Indicator}]$/u;
const LOUD = /^[!?]/;

const encoder = new TextEncoder();
const known = new Map<number, Folded>();

/** Pure; remembers its answers, since a text has few different characters beyond ASCII. */
export function foldCharacter(codePoint: number): Folded {
  const before = known.get(codePoint);
  if (before) return before;
  const folded = fold(String.fromCodePoint(codePoint));
  known.set(codePoint, folded);
  return folded;
}

function fold(character: string): Folded {
  if (APOSTROPHES.has(character)) return { kind: 'apostrophe' };
  if (ATTACHED.test(character)) return { kind: 'attached' };
  if (WORD.test(character)) return letters(character);
  const plain = character.normalize('NFKD');
  if (LOUD.test(plain)) return { kind: 'symbol', bytes: encoder.encode(plain.slice(0, 1)) };
  if (EMOJI.test(character)) return { kind: 'symbol', bytes: encoder.encode(character) };
  return { kind: 'gap' };
}

function letters(character: string): Folded {
  // Upper case first folds what lower case alone keeps apart (final sigma, sharp s, dotless i).
  const folded = unmarked(unmarked(character).toUpperCase().toLowerCase()).replace(NOT_WORD, '');
  return folded === '' ? { kind: 'gap' } : { kind: 'letters', bytes: encoder.encode(folded) };
}

const unmarked = (text: string): string => text.normalize('NFKD').replace(MARKS, '');
