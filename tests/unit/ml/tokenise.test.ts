import { describe, expect, test } from 'vitest';
import { tokenise } from '#ml/tokenise.ts';
import { Tokens } from '#ml/tokens.ts';

interface Token {
  readonly word: string;
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] {
  const tokens = new Tokens();
  const bytes = new TextEncoder().encode(text);
  tokenise(bytes, 0, bytes.length, tokens);
  return Array.from({ length: tokens.count }, (_, i) => ({
    word: new TextDecoder().decode(tokens.bytes.subarray(tokens.from(i), tokens.ends[i])),
    text: text.slice(tokens.starts[i], tokens.stops[i]),
  }));
}

const wordsOf = (text: string): readonly string[] => tokensOf(text).map(({ word }) => word);

describe('the tokeniser', () => {
  test.each([
    [
      'splits at spaces and punctuation',
      'Cold chips, dry burger. Must-see',
      'cold chips dry burger must see',
    ],
    ['lower-cases letters of any script', 'GREAT Ærø ЖИЗНЬ ΟΔΟΣ', 'great ærø жизнь οδοσ'],
    ['folds accents, composed or not', 'Café cafe\u0301 naïve', 'cafe cafe naive'],
    ['folds letters of other widths', 'Ｇｏｏｄ ﬁne', 'good fine'],
    ['keeps negation in one word', "don't can’t won´t COULDN'T", 'dont cant wont couldnt'],
    ['reads a missing apostrophe as the same word', 'dont cant', 'dont cant'],
    [
      'separates at every other apostrophe',
      "it's we're we'll the 'best' rock'n'roll",
      'it s we re we ll the best rock n roll',
    ],
    [
      'keeps exclamation and question marks, a run as one',
      'no!!! really?? what?!',
      'no ! really ? what ? !',
    ],
    ['keeps emoji, a run as one', 'love it 😍😍 👍🏽 meh', 'love it 😍 👍 meh'],
    ['keeps digits', '10/10 for $5', '10 10 for 5'],
    ['drops currency, quotes and other signs', '“£20” — … * ~', '20'],
    ['finds nothing in nothing', '  \t ... ', ''],
  ])('%s', (_, text, expected) => {
    expect(wordsOf(text).join(' ')).toBe(expected);
  });

  test('tells where each token stands in the string', () => {
    const text = '😍 I DIDN’T like the cafe\u0301!!! 👨‍👩‍👧 ❤️';
    expect(tokensOf(text).map((token) => token.text)).toEqual([
      '😍',
      'I',
      'DIDN’T',
      'like',
      'the',
      'cafe\u0301',
      '!!!',
      '👨‍',
      '👩‍',
      '👧',
      '❤️',
    ]);
  });

  test('does not look past the end of a row', () => {
    const bytes = new TextEncoder().encode("gin'tonic");
    const tokens = new Tokens();
    tokenise(bytes, 0, 4, tokens);
    expect([tokens.count, tokens.stops[0]]).toEqual([1, 3]);
  });

  test('separates at bytes that are not UTF-8', () => {
    const tokens = new Tokens();
    const bytes = Uint8Array.of(0x61, 0xff, 0x62, 0xe2, 0x82, 0x63, 0xc0, 0x80, 0xed, 0xa0);
    tokenise(bytes, 0, bytes.length, tokens);
    expect(tokens.count).toBe(3);
  });

  test('tells long words apart by their first 64 bytes', () => {
    const [token] = tokensOf('a'.repeat(1000));
    expect([token?.word.length, token?.text.length]).toEqual([64, 1000]);
  });
});
