import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { UNLABELLED } from '#domain/rows.ts';
import { gzipped, joined, readFile, utf16 } from './read-file.ts';

const CSV = `id,text,label,domain
a,"Great, really",pos,books
b,"He said ""no"" and
left",neg,films
c,Fine.,pos,books
`;
const ROWS = [
  { id: 'a', text: 'Great, really', label: 1, domain: 'books' },
  { id: 'b', text: 'He said "no" and\nleft', label: 0, domain: 'films' },
  { id: 'c', text: 'Fine.', label: 1, domain: 'books' },
];

describe('CSV', () => {
  it('is read with its header, quotes and line breaks in cells', async () => {
    const { preview, report, rows } = await readFile(CSV, 'mine.csv');
    expect(preview.reading).toEqual({
      format: 'delimited',
      encoding: 'utf-8',
      delimiter: ',',
      quotes: true,
      header: true,
    });
    expect(preview.columns).toEqual(['id', 'text', 'label', 'domain']);
    expect(preview.roles).toEqual({ text: 1, label: 2, id: 0, domain: 3 });
    expect(preview.rows.map(({ line }) => line)).toEqual([2, 3, 5]);
    expect(rows).toEqual(ROWS);
    expect(report).toMatchObject({ read: 3, rows: 3, positive: 2, negative: 1, problemRows: 0 });
  });

  it('is read with semicolons, with carriage returns, with and without a mark of its encoding', async () => {
    const semicolons = 'text;label\nGood, very;1\nBad;0\n';
    expect((await readFile(semicolons, 'x.csv')).rows.map(({ text }) => text)).toEqual([
      'Good, very',
      'Bad',
    ]);
    for (const text of [CSV.replaceAll('\n', '\r\n'), CSV.replaceAll('\n', '\r'), `\ufeff${CSV}`])
      expect((await readFile(text, 'x.csv')).rows).toEqual(ROWS);
  });

  it('without a header keeps its first row', async () => {
    const { preview, rows } = await readFile('1,"So good"\n0,"So bad"\n', 'x.csv');
    expect(preview.columns).toEqual(['column 1', 'column 2']);
    expect(preview.roles).toEqual({ text: 1, label: 0 });
    expect(rows.map(({ text, label }) => [text, label])).toEqual([
      ['So good', 1],
      ['So bad', 0],
    ]);
  });

  it('is the same in blocks of any size', async () => {
    const long = Array.from({ length: 30_000 }, (_, i) => `${i},"row ""${i}"",\nnext",${i % 2}`);
    const { rows, report } = await readFile(`id,text,label\n${long.join('\n')}`, 'long.csv');
    expect(rows).toHaveLength(30_000);
    expect(rows.every(({ text, id }) => text === `row "${id}",\nnext`)).toBe(true);
    expect(report.problemRows).toBe(0);
  });
});

describe('TSV', () => {
  it('takes quotes for plain characters unless they enclose cells', async () => {
    const plain = '1\t"Good," he said\n0\tBad "film\n1\t"Open and never closed\n';
    const { preview, rows } = await readFile(plain, 'x.tsv');
    expect(preview.reading).toMatchObject({ delimiter: '\t', quotes: false, header: false });
    expect(rows.map(({ text }) => text)).toEqual([
      '"Good," he said',
      'Bad "film',
      '"Open and never closed',
    ]);
    const enclosed = await readFile('text\tlabel\n"a\tb"\t1\n"c"\t0\n', 'x.tsv');
    expect(enclosed.rows.map(({ text }) => text)).toEqual(['a\tb', 'c']);
  });

  it('keeps characters that other readers take for line ends', async () => {
    const { rows } = await readFile('1\tone\u0085two\u2028three\n0\tx\n', 'x.tsv');
    expect(rows[0]?.text).toBe('one\u0085two\u2028three');
  });
});

describe('JSONL', () => {
  it('is read by the names of its fields', async () => {
    const lines = [
      { review: 'Good', stars: 5, category: 'a' },
      { stars: 1, review: 'Bad\nand long', extra: { x: 1 } },
      { review: 'So so', stars: 3 },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const { preview, rows, report } = await readFile(text, 'x.jsonl');
    expect(preview.reading.format).toBe('jsonl');
    expect(preview.columns).toEqual(['review', 'stars', 'category', 'extra']);
    expect(preview.labels).toEqual({ positive: ['5'], negative: ['1'] });
    expect(rows.map(({ text: one, label }) => [one, label])).toEqual([
      ['Good', 1],
      ['Bad\nand long', 0],
    ]);
    expect(report.unmapped).toEqual([{ value: '3', rows: 1 }]);
  });
});

describe('Parquet', () => {
  const columns = (count: number) =>
    [
      { name: 'text', data: Array.from({ length: count }, (_, i) => `Film ${i}`), type: 'STRING' },
      { name: 'label', data: Array.from({ length: count }, (_, i) => i % 2), type: 'INT32' },
    ] as const;

  it('is read by row groups', async () => {
    const file = parquetWriteBuffer({
      columnData: columns(4_500).map((one) => ({ ...one, data: [...one.data] })),
      rowGroupSize: 1_000,
    });
    const { preview, rows, report } = await readFile(new Uint8Array(file), 'x.parquet');
    expect(preview).toMatchObject({
      columns: ['text', 'label'],
      roles: { text: 0, label: 1 },
      reading: { format: 'parquet', header: true },
    });
    expect(rows).toHaveLength(4_500);
    expect(rows[4_499]).toMatchObject({ text: 'Film 4499', label: 1 });
    expect(report).toMatchObject({ rows: 4_500, positive: 2_250 });
  });
});

describe('compressed files', () => {
  it('are read as what is in them', async () => {
    const { preview, rows } = await readFile(await gzipped(CSV), 'mine.csv.gz');
    expect(preview.gzip).toBe(true);
    expect(rows).toEqual(ROWS);
    const file = parquetWriteBuffer({
      columnData: [{ name: 'text', data: ['a b'], type: 'STRING' }],
    });
    const packed = new Blob([file]).stream().pipeThrough(new CompressionStream('gzip'));
    const parquet = await readFile(
      new Blob([await new Response(packed).arrayBuffer()]),
      'x.parquet.gz',
    );
    expect(parquet.rows).toMatchObject([{ text: 'a b', label: UNLABELLED }]);
  });
});

describe('encodings', () => {
  it('are found by their mark', async () => {
    for (const little of [true, false]) {
      const { preview, rows } = await readFile(
        utf16('text,label\nCafé ☕,1\nnö,0\n', little),
        'x.csv',
      );
      expect(preview.reading.encoding).toBe(little ? 'utf-16le' : 'utf-16be');
      expect(rows.map(({ text }) => text)).toEqual(['Café ☕', 'nö']);
    }
  });

  it('that are not UTF-8 are reported by line, with the offer of the other', async () => {
    const latin = joined('text,label\nGood,1\nCaf', Uint8Array.of(0xe9), ',1\nBad,0\n');
    const { report, rows } = await readFile(latin, 'x.csv');
    expect(rows.map(({ text }) => text)).toEqual(['Good', 'Bad']);
    expect(report.problems).toEqual([
      {
        line: 3,
        message: 'it holds bytes that are none of this encoding. Choose another encoding.',
      },
    ]);
    expect(report.damagedLines).toBe(1);
    expect(report.notes[0]?.offer).toEqual({
      label: 'Read it as Windows-1252',
      reading: { encoding: 'windows-1252' },
    });
    const again = await readFile(latin, 'x.csv', { asked: { encoding: 'windows-1252' } });
    expect(again.rows.map(({ text }) => text)).toEqual(['Good', 'Café', 'Bad']);
  });
});

describe('days', () => {
  it('come with the rows', async () => {
    const { preview, rows, report } = await readFile(
      'day,text,label\n3,a,1\n2,b,0\nx,c,1\n',
      'x.csv',
    );
    expect(preview.roles).toEqual({ text: 1, label: 2, day: 0 });
    expect(rows.map(({ text, day }) => [text, day])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(report).toMatchObject({ firstDay: 2, lastDay: 3, problemRows: 1 });
    expect(report.problems[0]?.message).toContain("its day is 'x'");
  });
});
