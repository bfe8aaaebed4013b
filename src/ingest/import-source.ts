import type { ImportBatch } from '#domain/datasets.ts';
import type {
  ImportNote,
  ImportOpened,
  ImportPlan,
  ImportPreview,
  ImportProgress,
  ImportReport,
  RawRow,
  Reading,
} from '#domain/import-plan.ts';
import { guessLabels } from '#domain/label-mapping.ts';
import { BatchPacker } from './batches.ts';
import { bytesOf, headOf, isGzip, joinBytes } from './byte-source.ts';
import { delimitedRows, sampleRows } from './delimited.ts';
import { columnValues, guessRoles, looksLikeHeader } from './guess-columns.ts';
import { jsonColumns, jsonRows } from './json-lines.ts';
import { openParquet } from './parquet.ts';
import { RowMapper } from './row-mapper.ts';
import { guessReading, SAMPLE_BYTES } from './sample.ts';
import { textBlocks, type TextBlock } from './text-blocks.ts';
import { Unreadable } from './unreadable.ts';

export interface ImportPorts {
  /** Lets messages come in. Called after each few milliseconds of work. */
  breathe(): Promise<void>;
  onProgress(progress: ImportProgress): void;
}

const SAMPLE_ROWS = 500;
const SHOWN_ROWS = 20;
const SHOWN_LETTERS = 300;

interface Opened {
  readonly blob: Blob;
  readonly name: string;
  readonly gzip: boolean;
  readonly columns: readonly string[];
}

/** One file, or what was pasted: looked at, counted, and read into batches, as often as is asked for. */
export class ImportSource {
  readonly #ports: ImportPorts;
  #opened: Opened | undefined;
  /** Every reading has its own: an older one that meets a newer ends. */
  #turn = 0;
  #batches: AsyncGenerator<ImportBatch> | undefined;

  constructor(ports: ImportPorts) {
    this.#ports = ports;
  }

  async open(blob: Blob, name: string, asked: Partial<Reading> = {}): Promise<ImportOpened> {
    this.cancel();
    try {
      return { ok: true, preview: await this.#open(blob, name, asked) };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { ok: false, reason: error.message };
    }
  }

  /** Reads all rows and keeps none. Undefined when another reading began meanwhile, or `cancel` was called. */
  async check(plan: ImportPlan): Promise<ImportReport | undefined> {
    const opened = this.#demand();
    const turn = ++this.#turn;
    const mapper = new RowMapper(plan, opened.columns.length);
    const damaged = new Set<number>();
    let stopped: string | undefined;
    try {
      for await (const rows of this.#rows(opened, plan, turn, damaged)) {
        for (const row of rows) mapper.map(row);
        if ((stopped = mapper.overLimit) !== undefined) break;
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      stopped = error.message;
    }
    return turn === this.#turn ? mapper.report(damaged.size, stopped) : undefined;
  }

  start(plan: ImportPlan): void {
    this.#batches = this.#read(plan, ++this.#turn);
  }

  /** @throws Unreadable when the file cannot be read on */
  async next(): Promise<ImportBatch | undefined> {
    const next = await this.#batches?.next();
    return next?.done ? undefined : next?.value;
  }

  cancel(): void {
    this.#turn++;
    this.#batches = undefined;
  }

  async *#read(plan: ImportPlan, turn: number): AsyncGenerator<ImportBatch> {
    const opened = this.#demand();
    const mapper = new RowMapper(plan, opened.columns.length);
    const packer = new BatchPacker();
    for await (const rows of this.#rows(opened, plan, turn, new Set())) {
      for (const row of rows) {
        const mapped = mapper.map(row);
        const full = mapped && packer.add(mapped);
        if (full) yield full;
      }
      if (mapper.overLimit !== undefined) throw new Unreadable(mapper.overLimit);
    }
    const rest = packer.take();
    if (rest && turn === this.#turn) yield rest;
  }

  #demand(): Opened {
    if (!this.#opened) throw new Error('Nothing was opened to import.');
    return this.#opened;
  }

  async #open(blob: Blob, name: string, asked: Partial<Reading>): Promise<ImportPreview> {
    this.#opened = undefined;
    const gzip = await isGzip({ name, blob });
    const head = await headOf({ name, blob }, gzip, SAMPLE_BYTES);
    const { sample, cut, ...guessed } = guessReading(head, name, asked);
    const reading: Reading = { ...guessed, header: true };
    const { columns, rows, header, notes } = await this.#sample(
      { blob, name, gzip, columns: [] },
      reading,
      asked,
      { sample, cut },
    );
    if (rows.length === 0)
      throw new Unreadable(
        `${name} has no rows below its first line. Choose another file, or say that it has no header.`,
      );
    this.#opened = { blob, name, gzip, columns };
    const usable = rows
      .filter(({ problem, cells }) => problem === undefined && cells.length === columns.length)
      .map(({ cells }) => cells);
    const roles = guessRoles(columns, usable);
    const values = columnValues(usable, columns.length);
    return {
      reading: { ...reading, header },
      gzip,
      bytes: blob.size,
      columns,
      roles,
      labels: guessLabels(roles.label === undefined ? [] : (values[roles.label] ?? [])),
      values,
      rows: rows.slice(0, SHOWN_ROWS).map(shown),
      notes: [...notes, ...notesOnSample(reading, columns, rows)],
    };
  }

  /** The names of the columns, and the first rows. */
  async #sample(
    source: Opened,
    reading: Reading,
    asked: Partial<Reading>,
    { sample, cut }: { readonly sample: string; readonly cut: boolean },
  ): Promise<{
    readonly columns: readonly string[];
    readonly rows: readonly RawRow[];
    readonly header: boolean;
    readonly notes: readonly ImportNote[];
  }> {
    if (reading.format === 'parquet') {
      const parquet = await openParquet(await plainBlob(source), source.name, () => undefined);
      const rows = await firstOf(parquet.rows());
      return { columns: parquet.columns, rows, header: true, notes: [] };
    }
    if (reading.format === 'jsonl') {
      const columns = jsonColumns(sample);
      if (columns.length === 0)
        throw new Unreadable(
          `${source.name}: none of its first lines is a JSON object. Each line of JSONL is one, as {"text": "..."}.`,
        );
      return {
        columns,
        rows: await firstOf(jsonRows(asBlocks(sample), columns)),
        header: true,
        notes: [],
      };
    }
    const all = sampleRows(sample, reading, cut).slice(0, SAMPLE_ROWS + 1);
    const header = asked.header ?? looksLikeHeader(all.slice(0, 50).map(({ cells }) => cells));
    const [first] = all;
    const { names, notes } = columnNames(
      header ? (first?.cells ?? []) : [],
      first?.cells.length ?? 0,
    );
    return { columns: names, rows: header ? all.slice(1) : all, header, notes };
  }

  /** All rows, the header excepted, for as long as nothing else was asked for. */
  async *#rows(
    opened: Opened,
    { reading, roles }: ImportPlan,
    turn: number,
    damaged: Set<number>,
  ): AsyncGenerator<readonly RawRow[]> {
    const progress = { bytes: 0, rows: 0 };
    const onBytes = (bytes: number) => void (progress.bytes = bytes);
    let header = reading.format === 'delimited' && reading.header;
    for await (const found of this.#raw(opened, reading, roles, onBytes, damaged)) {
      if (turn !== this.#turn) return;
      const rows = header ? found.slice(1) : found;
      if (found.length > 0) header = false;
      progress.rows += rows.length;
      this.#ports.onProgress({ ...progress });
      yield rows;
      await this.#ports.breathe();
    }
  }

  async *#raw(
    { blob, name, gzip, columns }: Opened,
    reading: Reading,
    roles: ImportPlan['roles'],
    onBytes: (bytes: number) => void,
    damaged: Set<number>,
  ): AsyncGenerator<readonly RawRow[]> {
    if (reading.format === 'parquet') {
      const parquet = await openParquet(await plainBlob({ blob, name, gzip }), name, onBytes);
      const wanted = columns.filter((_, i) => Object.values(roles).includes(i));
      yield* parquet.rows(wanted);
      return;
    }
    const bytes = bytesOf({ name, blob, onBytes }, gzip);
    const blocks = noting(textBlocks(bytes, reading.encoding), damaged);
    yield* reading.format === 'jsonl' ? jsonRows(blocks, columns) : delimitedRows(blocks, reading);
  }
}

async function* noting(
  blocks: AsyncIterable<TextBlock>,
  damaged: Set<number>,
): AsyncGenerator<TextBlock> {
  for await (const block of blocks) {
    for (const line of block.damaged) damaged.add(line);
    yield block;
  }
}

/** Parquet is read from its end, so a compressed one is unpacked first. */
async function plainBlob({
  blob,
  name,
  gzip,
}: Pick<Opened, 'blob' | 'name' | 'gzip'>): Promise<Blob> {
  if (!gzip) return blob;
  const pieces: BlobPart[] = [];
  for await (const piece of bytesOf({ blob, name }, true)) pieces.push(joinBytes([piece]).slice());
  return new Blob(pieces);
}

async function* asBlocks(text: string): AsyncGenerator<TextBlock> {
  yield { text, line: 1, damaged: [] };
}

async function firstOf(
  rows: AsyncGenerator<readonly RawRow[]>,
  limit = SAMPLE_ROWS,
): Promise<readonly RawRow[]> {
  const first: RawRow[] = [];
  for await (const some of rows) {
    first.push(...some.slice(0, limit - first.length));
    if (first.length >= limit) break;
  }
  return first;
}

function columnNames(
  header: readonly string[],
  count: number,
): { readonly names: readonly string[]; readonly notes: readonly ImportNote[] } {
  const names: string[] = [];
  const notes: ImportNote[] = [];
  for (let i = 0; i < count; i++) {
    const given = header[i]?.trim() ?? '';
    const wanted = given === '' ? `column ${i + 1}` : given;
    const name = unique(wanted, names);
    if (name !== wanted)
      notes.push({
        message: `Two columns are named '${wanted}'; the later one is shown as '${name}'.`,
      });
    names.push(name);
  }
  return { names, notes };
}

function unique(name: string, taken: readonly string[]): string {
  let found = name;
  for (let n = 2; taken.includes(found); n++) found = `${name} (${n})`;
  return found;
}

function notesOnSample(
  { format, delimiter }: Reading,
  columns: readonly string[],
  rows: readonly RawRow[],
): readonly ImportNote[] {
  const notes: ImportNote[] = [];
  if (format === 'delimited' && columns.length === 1)
    notes.push({
      message:
        delimiter === ''
          ? 'Each line is read as one text. If there are cells, choose what stands between them.'
          : 'There is only one column with this delimiter. If there are more cells, choose what stands between them.',
    });
  const problems = rows.filter(({ problem }) => problem !== undefined).length;
  if (problems > rows.length / 2)
    notes.push({
      message:
        'Most of the first rows cannot be read. Look at the format, the delimiter and the quotes.',
    });
  return notes;
}

const shown = ({ cells, ...row }: RawRow): RawRow => ({
  ...row,
  cells: cells.map((cell) =>
    cell.length > SHOWN_LETTERS ? `${cell.slice(0, SHOWN_LETTERS)}...` : cell,
  ),
});
