import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { DATASET_LIMITS } from '#domain/datasets.ts';
import { guessLabels } from '#domain/label-mapping.ts';
import { ImportSource } from '#ingest/import-source.ts';
import { gzipped, quiet, readFile, refusal } from './read-file.ts';

describe('a file that is no table is refused with what it is and what to do', () => {
  it('of 0 bytes, or of spaces', async () => {
    expect(await refusal('', 'x.csv')).toBe('x.csv is empty: it has 0 bytes. Choose another file.');
    expect(await refusal('\n \n', 'x.csv')).toContain('holds no text but spaces');
  });

  it('that is no gzip, or a damaged one', async () => {
    expect(await refusal('text\nabc\n', 'x.csv.gz')).toContain(
      'x.csv.gz is named as gzip and is none',
    );
    const whole = await gzipped(`text,label\n${'Good film it is,1\n'.repeat(50)}`);
    const cut = whole.slice(0, whole.length - 12);
    expect(await refusal(cut, 'x.csv.gz')).toContain('x.csv.gz is a damaged gzip file');
  });

  it('that is damaged Parquet', async () => {
    expect(await refusal('PAR1 and then nothing', 'x.parquet')).toContain(
      'x.parquet is a damaged Parquet file',
    );
    expect(await refusal('text\nabc\n', 'x.parquet')).toContain('does not begin with PAR1');
    const file = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'text', data: Array.from({ length: 500 }, (_, i) => `Row ${i}`), type: 'STRING' },
        ],
      }),
    );
    file.fill(255, 8, 400);
    expect(await refusal(file, 'x.parquet')).toContain('is a damaged Parquet file');
  });

  it('that is an archive, a binary, or one JSON array', async () => {
    expect(await refusal('PK\u0003\u0004', 'x.xlsx')).toContain('save the sheet as CSV');
    expect(await refusal('ab\u0000cd', 'x.csv')).toContain('it holds zero bytes');
    expect(await refusal('[{"text": "a"}]', 'x.json')).toContain('one object on each line');
    expect(await refusal('no json\nat all\n', 'x.jsonl')).toContain('none of its first lines');
  });

  it('that is a header and nothing else', async () => {
    expect(await refusal('text,label\n', 'x.csv')).toContain('has no rows below its first line');
  });
});

describe('rows that cannot be used', () => {
  it('for want of a text are counted', async () => {
    const { report, rows } = await readFile('text,label\n,1\n  ,0\nGood,1\n', 'x.csv');
    expect(report).toMatchObject({ read: 3, rows: 1, emptyTexts: 2, problemRows: 0 });
    expect(rows).toHaveLength(1);
  });

  it('for a label outside the mapping are counted by value', async () => {
    const { report } = await readFile('text,label\na,pos\nb,neg\nc,meh\nd,meh\ne,\n', 'x.csv');
    expect(report).toMatchObject({ rows: 2, unmappedRows: 3 });
    expect(report.unmapped).toEqual([
      { value: 'meh', rows: 2 },
      { value: '', rows: 1 },
    ]);
  });

  it('for too few or too many cells are told by line', async () => {
    const { report } = await readFile('text,label\na,1\nb\nc,0,x\nd,0\n', 'x.csv');
    expect(report.problems).toEqual([
      { line: 3, message: expect.stringContaining('it has 1 cell where 2 are expected') },
      { line: 4, message: expect.stringContaining('it has 3 cells where 2 are expected') },
    ]);
    expect(report.rows).toBe(2);
  });

  it('for a line that is no JSON are told by line', async () => {
    const text = '{"text": "a", "label": 1}\n{"text": "b"\n[1]\n{"text": "c", "label": 0}\n';
    const { report } = await readFile(text, 'x.jsonl');
    expect(report.problems).toEqual([
      {
        line: 2,
        message: expect.stringMatching(/^it is no JSON \(.+\)\. Mend or delete the line\.$/),
      },
      { line: 3, message: expect.stringContaining('it is no JSON object') },
    ]);
    expect(report.rows).toBe(2);
  });

  it('for a cell of 5 MB are told by line, and the others are read', async () => {
    const { report, rows } = await readFile(
      `text,label\nGood,1\n"${'word '.repeat(1_048_576)}",1\nBad,0\n`,
      'x.csv',
    );
    expect(report.problems).toEqual([
      {
        line: 3,
        message: expect.stringContaining('its text has 5.0 MB, and one text has at most 1 MB'),
      },
    ]);
    expect(rows.map(({ text }) => text)).toEqual(['Good', 'Bad']);
  });

  it('for a quote in the middle of a cell are told by line', async () => {
    const { report } = await readFile('text,label\na,1\n"b" c,0\n"d",0\n', 'x.csv');
    expect(report.problems[0]).toEqual({
      line: 3,
      message: expect.stringContaining('a quote opens or closes in the middle of a cell'),
    });
  });
});

it('a quote that never closes ends the reading, where it opened', async () => {
  const text = `text,label\n${'good one,1\n'.repeat(60_000)}"opened,1\n${'more and more,0\n'.repeat(700_000)}`;
  const { report, rows } = await readFile(text, 'x.csv');
  expect(report.stopped).toContain(
    'Line 60002: a quote opens there and does not close within 8 MB',
  );
  expect(rows).toEqual([]);
  const short = await readFile('text,label\na,1\n"b,0\nc,1\n', 'x.csv');
  expect(short.report.stopped).toContain(
    'Line 3: a quote opens there and does not close within the file',
  );
});

it('a line that never ends is no text', async () => {
  const { report } = await readFile(`a,1\n${'x'.repeat(17 * 1024 * 1024)}`, 'x.csv');
  expect(report.stopped).toContain('Line 2 is longer than 16 MB');
});

describe('what will not do to train on is told, and may be imported', () => {
  const notes = async (csv: string) =>
    (await readFile(csv, 'x.csv')).report.notes.map(({ message }) => message).join();

  it('one label', async () => {
    expect(await notes('text,label\na,1\nb,1\nc,1\n')).toContain(
      'All 3 rows are positive. They can be imported, and loadDataset refuses to train on one label',
    );
  });

  it('three rows', async () => {
    expect(await notes('text,label\na,1\nb,0\nc,1\n')).toContain(
      'There are 2 positive and 1 negative rows',
    );
  });

  it('no labels', async () => {
    expect(await notes('text\nsome words here\nother words\n')).toContain(
      'Without a label column the rows can be scored',
    );
  });

  it('a label column that is constant and says nothing', async () => {
    const { preview, report } = await readFile('text,label\na,x\nb,x\n', 'x.csv');
    expect(preview.labels).toEqual({ positive: [], negative: [] });
    expect(report.notes[0]?.message).toContain('No row has a label that was mapped');
  });
});

describe('what was read in another way than meant', () => {
  it('with the wrong delimiter is one column, and the preview says so', async () => {
    const { preview } = await readFile('text;label\nGood;1\nBad;0\n', 'x.csv', {
      asked: { delimiter: ',' },
    });
    expect(preview.columns).toHaveLength(1);
    expect(preview.notes[0]?.message).toContain('There is only one column with this delimiter');
  });

  it('is one text a line where commas are of sentences', async () => {
    const { preview, rows } = await readFile(
      'Well, it was good.\nIt was not.\nHm, so, so, or worse, really.\nNo.\n',
      'pasted text',
    );
    expect(preview.reading.delimiter).toBe('');
    expect(rows[0]?.text).toBe('Well, it was good.');
  });

  it('with a name twice in its header names them apart', async () => {
    const { preview } = await readFile('text,text,label\na,b,1\nc,d,0\n', 'x.csv');
    expect(preview.columns).toEqual(['text', 'text (2)', 'label']);
    expect(preview.notes[0]?.message).toBe(
      "Two columns are named 'text'; the later one is shown as 'text (2)'.",
    );
  });
});

describe('repeated texts', () => {
  const CSV = 'text,label\na,1\na,1\nb,0\na,0\n';

  it('are counted, those with another label apart', async () => {
    const { report, rows } = await readFile(CSV, 'x.csv');
    expect(report).toMatchObject({ rows: 4, repeated: 1, conflicting: 1 });
    expect(rows).toHaveLength(4);
  });

  it('are left out on demand', async () => {
    const { report, rows } = await readFile(CSV, 'x.csv', { plan: { leaveOutRepeats: true } });
    expect(report).toMatchObject({ rows: 2, repeated: 1, conflicting: 1 });
    expect(rows.map(({ text, label }) => [text, label])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });
});

describe('a file of millions of rows', () => {
  /** A blob that makes its bytes as they are read. */
  const madeBlob = (rows: number): Blob => {
    const encoder = new TextEncoder();
    let row = 0;
    const stream = () =>
      new ReadableStream({
        start: () => void (row = 0),
        pull(controller) {
          if (row >= rows) return controller.close();
          let text = row === 0 ? 'text,label\n' : '';
          for (let i = 0; i < 10_000 && row < rows; i++, row++) text += `row ${row},${row % 2}\n`;
          controller.enqueue(encoder.encode(text));
        },
      });
    return Object.assign(new Blob(['te']), { stream });
  };

  it('is streamed: no batch is large, and 2,000,000 rows are taken', async () => {
    const source = new ImportSource(quiet);
    const opened = await source.open(madeBlob(DATASET_LIMITS.rows), 'x.csv');
    if (!opened.ok) throw new Error(opened.reason);
    source.start({ ...opened.preview, leaveOutRepeats: false });
    let [rows, largest] = [0, 0];
    for (let batch = await source.next(); batch; batch = await source.next()) {
      rows += batch.rows.count;
      largest = Math.max(largest, batch.rows.text.length + 8 * batch.rows.count);
    }
    expect(rows).toBe(DATASET_LIMITS.rows);
    expect(largest).toBeLessThan(512 * 1024);
  }, 120_000);

  it('is refused past the limit, with the reason', async () => {
    const source = new ImportSource(quiet);
    const opened = await source.open(madeBlob(DATASET_LIMITS.rows + 30_000), 'x.csv');
    if (!opened.ok) throw new Error(opened.reason);
    const report = await source.check({ ...opened.preview, leaveOutRepeats: false });
    expect(report?.stopped).toContain('There are more than 2,000,000 rows: a task that trains');
  }, 120_000);
});

describe('a reading', () => {
  it('ends when another begins, or when it is cancelled', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `row ${i},${i % 2}`).join('\n');
    let cancel: () => void = () => undefined;
    const source = new ImportSource({ ...quiet, breathe: async () => cancel() });
    const opened = await source.open(new Blob([`text,label\n${rows}`]), 'x.csv');
    if (!opened.ok) throw new Error(opened.reason);
    const plan = { ...opened.preview, leaveOutRepeats: false };
    const [first, second] = await Promise.all([source.check(plan), source.check(plan)]);
    expect([first, second?.rows]).toEqual([undefined, 100_000]);
    cancel = () => source.cancel();
    expect(await source.check(plan)).toBeUndefined();
    source.start(plan);
    source.cancel();
    expect(await source.next()).toBeUndefined();
  });
});

describe('a mapping of labels', () => {
  it('is guessed from words, from two numbers, and from stars with the middle left out', () => {
    expect(guessLabels(['Pos', 'neg'])).toEqual({ positive: ['pos'], negative: ['neg'] });
    expect(guessLabels(['0', '1'])).toEqual({ positive: ['1'], negative: ['0'] });
    expect(guessLabels(['-1', '1', '0'])).toEqual({ positive: ['1'], negative: ['-1'] });
    expect(guessLabels(['1', '2', '3', '4', '5'])).toEqual({
      positive: ['4', '5'],
      negative: ['1', '2'],
    });
    expect(guessLabels(['neg'])).toEqual({ positive: ['pos'], negative: ['neg'] });
    expect(guessLabels(['pos', 'neg', 'meh'])).toEqual({ positive: ['pos'], negative: ['neg'] });
    expect(guessLabels(['0', '4'])).toEqual({ positive: ['4'], negative: ['0'] });
    expect(guessLabels(['red', 'green'])).toEqual({ positive: [], negative: [] });
  });
});
