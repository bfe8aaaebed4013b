import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { highlight } from '#ui/layout/highlight.ts';
import { labelSentence, sentenceParts } from '#ui/layout/sentence.ts';
import { lineNotes, offsetOf } from '#ui/layout/source-lines.ts';

const kinds = (source: string) =>
  highlight(source)
    .flat()
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => [kind, text]);

describe('highlighted source', () => {
  it('colours keywords, strings, numbers, calls and comments', () =>
    expect(kinds(`const x = task('a', 1_000); // why`)).toEqual([
      ['keyword', 'const'],
      ['function', 'task'],
      ['string', `'a'`],
      ['number', '1_000'],
      ['comment', '// why'],
    ]));

  it('carries a comment or a template over line ends', () => {
    const lines = highlight('/* one\ntwo */ `a\nb`');
    expect(lines.map((line) => line.map(({ kind }) => kind))).toEqual([
      ['comment'],
      ['comment', 'plain', 'string'],
      ['string'],
    ]);
  });

  it('tells a regular expression from a division', () => {
    expect(kinds(`x = /['"]/.test(y)`)[0]).toEqual(['string', `/['"]/`]);
    expect(kinds('a / b / c')).toEqual([]);
  });

  it('does not colour digits within a name', () => expect(kinds('utf8')).toEqual([]));

  it('does not fail on text that is not finished', () =>
    expect(kinds(`'abc\nconst`)).toEqual([
      ['string', `'abc`],
      ['keyword', 'const'],
    ]));

  it('loses nothing of the built-in flow', () => {
    const source = readFileSync('src/flows/retrain-sentiment.ts', 'utf8');
    const joined = highlight(source)
      .map((line) => line.map(({ text }) => text).join(''))
      .join('\n');
    expect(joined).toBe(source);
  });
});

describe('lines of the source', () => {
  it('show the last mark that covers them, and problems', () => {
    const marks = [
      { first: 1, last: 3, tone: 'done' },
      { first: 2, last: 2, tone: 'running' },
    ] as const;
    const problem = { message: 'x', position: { file: 'flow.ts', line: 3, column: 1 } };
    expect(lineNotes(4, marks, [problem])).toEqual([
      { tone: 'success', wrong: false },
      { tone: 'running', wrong: false },
      { tone: 'success', wrong: true },
      { wrong: false },
    ]);
  });

  it('are found by line and column, and never beyond the end', () => {
    expect(offsetOf('ab\ncd', 2, 2)).toBe(4);
    expect(offsetOf('ab\ncd', 1, 99)).toBe(2);
    expect(offsetOf('ab\ncd', 9, 1)).toBe(5);
  });
});

describe('a sentence and the words that moved it', () => {
  const text = 'gorgeous but dies';
  const token = (start: number, end: number, contribution: number) => ({
    start,
    end,
    contribution,
    known: true,
  });
  const explained = (...tokens: readonly ReturnType<typeof token>[]) =>
    ({ label: 0, confidence: 0.71, score: -0.9, bias: 0, tokens }) as const;

  it('marks what moved it at least a quarter as far as the strongest word', () =>
    expect(
      sentenceParts(text, explained(token(0, 8, 1.9), token(9, 12, -0.1), token(13, 17, -2))),
    ).toEqual([
      { text: 'gorgeous', moved: 'positive' },
      { text: ' but ' },
      { text: 'dies', moved: 'negative' },
    ]));

  it('is plain without an explanation, and when no word moved it', () => {
    expect(sentenceParts(text, undefined)).toEqual([{ text }]);
    expect(sentenceParts(text, explained(token(0, 8, 0)))).toEqual([{ text }]);
  });

  it('survives an explanation of an older, longer text', () =>
    expect(sentenceParts('gor', explained(token(0, 8, 1)))).toEqual([{ text: 'gor' }]));

  it('does not mark a letter twice where tokens overlap', () =>
    expect(
      sentenceParts('abcd', explained(token(0, 3, 2), token(2, 4, 2)))
        .map((part) => part.text)
        .join(''),
    ).toBe('abcd'));

  it('says label and confidence', () => expect(labelSentence(explained())).toBe('Negative, 71 %'));
});
