import { transform } from 'sucrase';
import { expect, test } from 'vitest';
import { authorColumn, readColumns } from '#compile/source-columns.ts';

test('columns are read from a source map as the specification writes it', () => {
  expect(readColumns('AAAA,MAAM,CAAC;;AACH')).toEqual([
    [
      [0, 0],
      [6, 6],
      [7, 7],
    ],
    [],
    [[0, 4]],
  ]);
});

test('numbers of several digits and negative ones are read', () => {
  expect(readColumns('gkBAAgkB,DAAD')).toEqual([
    [
      [576, 576],
      [575, 575],
    ],
  ]);
});

test('a column between two known ones keeps its distance to the one before', () => {
  const line = [
    [0, 0],
    [10, 18],
  ] as const;
  expect([0, 9, 10, 12].map((column) => authorColumn(line, column))).toEqual([0, 9, 18, 20]);
});

test('a column of a line without tokens stays as it is', () => {
  expect(authorColumn([], 5)).toBe(5);
});

test('every word of a translation is found again where the author wrote it', () => {
  const text = 'const a: Map<string, number> = b as any, c = <T>(d: T, e?: T) => f!.g satisfies h;';
  const { code, sourceMap } = transform(text, {
    transforms: ['typescript'],
    disableESTransforms: true,
    filePath: 'a',
    sourceMapOptions: { compiledFilename: 'b' },
  });
  const [line = []] = readColumns(sourceMap?.mappings ?? '');
  for (const { index, 0: word } of code.matchAll(/\w+/g))
    expect(text.slice(authorColumn(line, index)).startsWith(word)).toBe(true);
});
