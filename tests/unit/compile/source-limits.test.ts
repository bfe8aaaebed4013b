import { describe, expect, test } from 'vitest';
import { refuseFiles } from '#compile/source-limits.ts';
import { FLOW, saidAbout } from './sources.ts';

const KB = 1024;
const messages = (...files: readonly (readonly [string, string])[]) =>
  refuseFiles(files.map(([name, text]) => ({ name, text }))).map(({ message }) => message);

describe('a source is refused before it is read', () => {
  test('without files', () => {
    expect(messages()).toEqual(['The flow has no files. Add flow.ts and write the flow in it.']);
  });

  test('over 256 KB in all, naming the longest file', () => {
    const long = (bytes: number) => 'x'.repeat(bytes);
    expect(messages(['flow.ts', long(56 * KB)], ['data.ts', long(200 * KB)])).toEqual([]);
    expect(messages(['flow.ts', long(56 * KB)], ['./data.ts', long(200 * KB + 1)])).toEqual([
      'The flow has 257 KB of source, at most 256 KB are compiled. ' +
        'Shorten data.ts, the longest file (201 KB); data belongs into a dataset.',
    ]);
  });

  test('over 256 KB in bytes, though not in letters', () => {
    expect(messages(['flow.ts', 'ä'.repeat(200 * KB)])).toHaveLength(1);
  });

  test('with more than 20 files', () => {
    const files = Array.from({ length: 21 }, (_, i) => [`f${i}.ts`, ''] as const);
    expect(messages(...files.slice(1))).toEqual([]);
    expect(messages(...files)).toEqual([
      'The flow has 21 files, at most 20 are compiled. Put some of them together.',
    ]);
  });

  test('with two files of one name, each pair named once', () => {
    const three = ['a.ts', './a.ts', 'a.ts'].map((name) => [name, ''] as const);
    expect(messages(...three)).toEqual([
      "Two files are named 'a.ts'. Rename or remove one of them.",
    ]);
  });

  test.each(['flow', 'flow.js', 'lib/a.ts', '../a.ts', '/a.ts', './.ts', 'a b.ts', 'a\n.ts', ''])(
    'with a file named %j',
    (name) => {
      expect(messages([name, ''])).toEqual([
        `A file cannot be named '${name}'. Use letters, digits, - and _, no folders, and end it with .ts, like features.ts.`,
      ]);
    },
  );

  test.each(['flow.ts', './features.ts', 'my-flow_2.test.ts', '__proto__.ts'])(
    'but not with a file named %s',
    (name) => {
      expect(messages([name, ''])).toEqual([]);
    },
  );
});

test('a source that is refused is not read at all', async () => {
  expect(await saidAbout({ 'flow.ts': FLOW, 'a b.ts': 'const a: = 3' })).toHaveLength(1);
});
