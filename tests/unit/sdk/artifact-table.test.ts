import { describe, expect, it } from 'vitest';
import { tableOf } from '#sdk/artifact-table.ts';

describe('a table', () => {
  it('has the names of all records, in the order in which they first come', () => {
    expect(tableOf([{ a: 1 }, { b: 'two', a: 3 }])).toEqual({
      type: 'table',
      columns: ['a', 'b'],
      rows: [
        [1, null],
        [3, 'two'],
      ],
    });
  });

  it('of lists is as wide as the widest, and its columns are numbered unless they are named', () => {
    expect(tableOf([[1], [2, 3]])).toMatchObject({
      columns: ['Column 1', 'Column 2'],
      rows: [
        [1, null],
        [2, 3],
      ],
    });
    expect(tableOf([[1, 2, 3]], ['x', 'y']).columns).toEqual(['x', 'y', 'Column 3']);
  });

  it('of columns is as long as the longest', () => {
    expect(tableOf({ x: [1, 2], y: ['a'] }).rows).toEqual([
      [1, 'a'],
      [2, null],
    ]);
  });

  it('may be empty', () => {
    for (const empty of [[], {}])
      expect(tableOf(empty)).toEqual({ type: 'table', columns: [], rows: [] });
  });

  it('holds what can be shown in a cell', () => {
    const cells = [
      true,
      'x',
      1.5,
      null,
      undefined,
      12n,
      new Date(0),
      NaN,
      -Infinity,
      new Date(NaN),
    ];
    expect(tableOf([cells]).rows[0]).toEqual([
      ...[true, 'x', 1.5, null, null, '12', '1970-01-01T00:00:00.000Z', null, null, null],
    ]);
  });

  it('names the row and the column of what is no cell, and what to do', () => {
    const bad = (cell: unknown) => () => tableOf([{ a: 1 }, { a: cell as number }]);
    expect(bad({ b: 1 })).toThrow('row 2, column "a" is {"b":1}. A cell is text, a number');
    expect(bad([1])).toThrow('row 2, column "a" is [1]');
    expect(bad(() => 1)).toThrow('row 2, column "a" is a function');
  });

  it('is refused when it is none', () => {
    for (const [bad, told] of [
      ['text', 'it is "text"'],
      [null, 'it is null'],
      [new Map(), 'it is {}'],
      [[{ a: 1 }, 7], 'row 2 is 7'],
      [[[1], { a: 1 }], 'row 1 is [1]'],
      [{ a: [1], b: 2 }, 'column "b" is 2'],
    ] as const)
      expect(() => tableOf(bad as never)).toThrow(
        `artifact.table takes a list of records, a list of lists, or a record of lists; ${told}.`,
      );
  });

  it('is refused when it is too large, with the limit', () => {
    const rows = Array.from({ length: 10_001 }, () => [1]);
    expect(() => tableOf(rows)).toThrow('10001 rows, and 10000 is the limit');
    expect(() => tableOf([Array.from({ length: 101 }, () => 1)])).toThrow(
      '101 columns, and 100 is the limit',
    );
  });
});
