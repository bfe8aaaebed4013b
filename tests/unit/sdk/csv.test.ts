import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv } from '#sdk/csv.ts';

/** A reader of its own, so that the writer does not check itself: RFC 4180. */
function read(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let [row, cell, quoted] = [[] as string[], '', false];
  for (let i = 0; i < text.length; i++) {
    const one = text[i] ?? '';
    if (quoted && one === '"' && text[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (one === '"') quoted = !quoted;
    else if (!quoted && one === ',') {
      row.push(cell);
      cell = '';
    } else if (!quoted && one === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      i++;
    } else cell += one;
  }
  return rows;
}

describe('csv', () => {
  it('quotes what needs it, and ends every line', () => {
    expect(csv([{ id: 'a', text: 'Fine, "really"\nyes', n: 0.5, ok: true, none: null }])).toBe(
      'id,text,n,ok,none\r\na,"Fine, ""really""\nyes",0.5,true,\r\n',
    );
    expect(csv([])).toBe('');
  });

  it('lets no cell be a formula, and keeps numbers numbers', () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'];
    const written = read(csv(cells.map((cell) => ({ cell })))).slice(1);
    expect(written.map(([cell]) => cell)).toEqual(cells.map((cell) => `'${cell}`));
    expect(csv([{ '=evil': -1.5 }])).toBe("'=evil\r\n-1.5\r\n");
  });

  it('is read back as it was written', () => {
    const cell = fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const text = csv(rows.map(([a, b]) => ({ a, b })));
        expect(read(text)).toEqual([['a', 'b'], ...rows]);
      }),
      { seed: 21 },
    );
  });

  it('says where a cell is none', () => {
    expect(() => csv([{ a: 1 }, { a: {} as never }])).toThrow('row 2, column a');
    expect(csv([{ a: NaN, b: undefined }])).toBe('a,b\r\n,\r\n');
  });
});
