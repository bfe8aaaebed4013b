import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenise } from '#ml/tokenise.ts';
import { Tokens } from '#ml/tokens.ts';

interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

function tokensOf(text: string): readonly Token[] {
  const tokens = new Tokens();
  const bytes = new TextEncoder().encode(text);
  tokenise(bytes, 0, bytes.length, tokens);
  return Array.from({ length: tokens.count }, (_, i) => ({
    word: new TextDecoder().decode(tokens.bytes.subarray(tokens.from(i), tokens.ends[i])),
    start: tokens.starts[i] ?? 0,
    end: tokens.stops[i] ?? 0,
  }));
}

const pieces = fc.constantFrom(
  ...[
    'great',
    "don't",
    'DON’T',
    "n't",
    'café',
    'cafe\u0301',
    'İstanbul',
    'Straße',
    'ΟΔΟΣ',
    '好吃',
    'ﬁne',
    '½',
    '10/10',
  ],
  ...[
    ' ',
    '  ',
    '!',
    '?',
    '!!!',
    '…',
    ',',
    '"',
    '“',
    "'",
    '’',
    '`',
    '-',
    '\t',
    '\u0301',
    '\u200d',
    '\ufe0f',
  ],
  ...['😍', '👨‍👩‍👧', '👍🏽', '🇬🇧', '❤️', '\ud83d', '\ude00', '\u00ad', '\ufeff', '\u0130', '＇', '！'],
);
const text = fc.oneof(
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

describe('the tokeniser, for any text', () => {
  test('gives places that lie in the text, in order, without overlap', () => {
    fc.assert(
      fc.property(text, (said) => {
        let before = 0;
        for (const { start, end } of tokensOf(said)) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(said.length);
          before = end;
        }
      }),
    );
  });

  test('reads the same word again in the place of each token alone', () => {
    fc.assert(
      fc.property(text, (said) => {
        for (const { word, start, end } of tokensOf(said))
          expect(tokensOf(said.slice(start, end)).map((token) => token.word)).toEqual([word]);
      }),
    );
  });

  test('does not care whether accents are composed, or about the case of ASCII', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const said = parts.join(' ');
        const words = (variant: string) => tokensOf(variant).map(({ word }) => word);
        expect(words(said.normalize('NFC'))).toEqual(words(said.normalize('NFD')));
        const loud = said.replace(/[a-z]/g, (letter) => letter.toUpperCase());
        expect(words(loud)).toEqual(words(said));
      }),
    );
  });

  test('never fails or runs past the end for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const tokens = new Tokens();
        tokenise(bytes, 0, bytes.length, tokens);
        expect(tokens.stops[Math.max(0, tokens.count - 1)]).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
