import { describe, expect, test } from 'vitest';
import { findUnclosed } from '#compile/unclosed.ts';
import { FLOW, saidAbout } from './sources.ts';

describe('what has no partner is said where it stands, not where the parser gives up', () => {
  test.each([
    [
      'a quote',
      "'promote',",
      "'promote,",
      '13:3 This text has no closing quote. Add it on the same line.',
    ],
    [
      'a bracket',
      '    return verdict.summary;\n  },',
      '    return verdict.summary;\n',
      '19:1 ")" cannot stand here: the "{" of line 14 is still open. Add "}" before it, or remove it.',
    ],
    [
      'the last bracket',
      '  },\n);\n',
      '  },\n',
      '21:20 "(" is opened here and never closed. Add ")" where it should end.',
    ],
    [
      'a bracket too many',
      '  },\n);\n',
      '  },\n);\n}',
      '29:1 "}" closes nothing here. Remove it, or open its partner before.',
    ],
    ['a backtick', "'promote',", '`promote,', 'This text has no closing backtick'],
    [
      'a comment',
      'interface Row',
      '/* interface Row',
      '4:1 This comment has no end. Write */ where it should end.',
    ],
  ])('%s', async (_what, correct, wrong, said) => {
    expect(FLOW).toContain(correct);
    const index = FLOW.lastIndexOf(correct);
    const text = FLOW.slice(0, index) + wrong + FLOW.slice(index + correct.length);
    expect(await saidAbout({ 'flow.ts': text })).toEqual([expect.stringContaining(said)]);
  });
});

test('brackets in texts, comments, templates and regular expressions do not count', () => {
  expect(findUnclosed('f(\'(\', "[", `{${g({})}`, /[(]/); // {\n/* [ */')).toBeUndefined();
});

test('types do not disturb', () => {
  expect(findUnclosed(FLOW)).toBeUndefined();
  expect(findUnclosed('const a = <T,>(b: T[]): Map<T, { c: [T] }> => d! / e;')).toBeUndefined();
});

test('signs that begin a comment in old scripts do not', () => {
  expect(findUnclosed('a <!--b; (')?.at).toEqual({ line: 1, column: 9 });
});
