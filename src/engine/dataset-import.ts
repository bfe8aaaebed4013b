import {
  DATASET_LIMITS,
  type ImportBatch,
  type ImportEnd,
  type ImportRequest,
  type ImportStep,
} from '#domain/datasets.ts';
import type { ContentHash } from '#domain/ids.ts';
import { batchProblem } from '#domain/import-batch.ts';
import type { DatasetDayRecord, DatasetRecord, RowChunkRef } from '#domain/records.ts';
import { NO_ROWS, type RowBatch } from '#domain/rows.ts';
import type { SeenTexts } from '#domain/seen-texts.ts';
import type { Write } from '#domain/store.ts';
import { ChunkCutter } from './chunk-cutter.ts';
import { chunkHash, dayHash } from './chunk-hash.ts';
import { DayCount } from './day-summary.ts';
import type { EnginePorts } from './ports.ts';

interface OpenDay {
  readonly cutter: ChunkCutter;
  readonly count: DayCount;
  readonly chunks: RowChunkRef[];
}

export interface ImportParts {
  readonly ports: EnginePorts;
  readonly request: ImportRequest;
  /** What is there of that name. */
  readonly base: DatasetRecord | undefined;
  /** Of rows that bring none. */
  readonly day: number;
  /** Texts of `base`. */
  readonly known: SeenTexts | undefined;
}

type Problem = Extract<ImportStep, { ok: false }>;

/**
 * Rows on their way into one dataset. They are stored in chunks that nothing refers to; `writes` is what makes them
 * visible, all at once.
 */
export class DatasetImport {
  readonly request: ImportRequest;
  readonly base: DatasetRecord | undefined;
  readonly day: number;
  /** Of the chunks that were stored: they are not swept. */
  readonly hashes = new Set<ContentHash>();
  readonly #ports: EnginePorts;
  readonly #known: SeenTexts | undefined;
  readonly #days = new Map<number, OpenDay>();
  #rows = 0;
  #textBytes = 0;
  #knownRows = 0;

  constructor({ ports, request, base, day, known }: ImportParts) {
    this.#ports = ports;
    this.request = request;
    this.base = base;
    this.day = day;
    this.#known = known;
  }

  get progress() {
    return { rows: this.#rows, known: this.#knownRows };
  }

  /** @throws StorageFull */
  async append(batch: ImportBatch): Promise<Problem | undefined> {
    const problem = batchProblem(batch);
    if (problem !== undefined) return refused(`The rows did not arrive whole (${problem}).`);
    for (let row = 0; row < batch.rows.count; row++) {
      const full = this.#add(batch, row);
      if (full && 'ok' in full) return full;
      if (full) await this.#store(full.day, full.chunk);
    }
    return undefined;
  }

  /** Stores what is left. @throws StorageFull */
  async flush(): Promise<void> {
    for (const [day, { cutter }] of this.#days) {
      const rest = cutter.take();
      if (rest) await this.#store(day, rest);
    }
  }

  /** What makes the rows visible. */
  async writes(): Promise<readonly Write[]> {
    const days = [...this.#days].sort(([a], [b]) => a - b);
    let before: ContentHash | '' = this.base?.contentHash ?? '';
    const records: DatasetDayRecord[] = [];
    for (const [day, { count, chunks }] of days) {
      const contentHash: ContentHash = await dayHash(
        this.#ports.hasher,
        before,
        day,
        chunks.map(({ hash }) => hash),
      );
      const summary = count.summary();
      const dataset = this.request.name;
      records.push({ dataset, day, rows: NO_ROWS, chunks, summary, contentHash });
      before = contentHash;
    }
    return [
      ...records.map((record): Write => ({ store: 'datasetDays', op: 'add', record })),
      { store: 'datasets', op: 'put', record: this.#datasetRecord(records) },
    ];
  }

  end(): Extract<ImportEnd, { ok: true }> {
    const days = [...this.#days.keys()].sort((a, b) => a - b);
    return { ok: true, ...this.progress, days };
  }

  #add(
    { rows, days }: ImportBatch,
    row: number,
  ): { readonly day: number; readonly chunk: RowBatch } | Problem | undefined {
    const [from, to] = [rows.ends[row - 1] ?? 0, rows.ends[row] ?? 0];
    if (this.#known?.has(rows.text, from, to)) {
      this.#knownRows++;
      return undefined;
    }
    const day = days?.[row] ?? this.day;
    const problem = this.#outOfBounds(day, to - from);
    if (problem) return problem;
    const open = this.#dayOf(day);
    const chunk = open.cutter.add(rows, row, rows.ids[row] || `${day}-${open.count.rows + 1}`);
    open.count.add(rows, row);
    this.#rows++;
    this.#textBytes += to - from;
    return chunk && { day, chunk };
  }

  #outOfBounds(day: number, bytes: number): Problem | undefined {
    const { rows, textBytes, days } = DATASET_LIMITS;
    const last = this.base?.days.at(-1) ?? 0;
    if (day <= last)
      return refused(
        `Day ${day} of '${this.request.name}' has arrived already and stays as it is: its last is day ${last}. Give the rows a later day.`,
      );
    if (this.#rows >= rows - (this.base?.rows ?? 0))
      return refused(
        `A dataset holds at most ${rows.toLocaleString('en-US')} rows: a task that trains has to hold them all. Import a part of the file.`,
      );
    if (this.#textBytes + bytes > textBytes)
      return refused(
        `One import brings at most ${textBytes / 1024 / 1024} MB of text: a task that trains has to hold it in memory. Import a part of the file.`,
      );
    if (!this.#days.has(day) && this.#days.size >= days)
      return refused(
        `One import brings at most ${days} days. Choose another day column, or none: then all rows arrive on one day.`,
      );
    return undefined;
  }

  #dayOf(day: number): OpenDay {
    const open = this.#days.get(day) ?? {
      cutter: new ChunkCutter(),
      count: new DayCount(),
      chunks: [],
    };
    this.#days.set(day, open);
    return open;
  }

  async #store(day: number, rows: RowBatch): Promise<void> {
    const hash = await chunkHash(this.#ports.hasher, rows);
    this.hashes.add(hash);
    await this.#ports.store.commit([{ store: 'rowChunks', op: 'put', record: { hash, rows } }]);
    this.#days.get(day)?.chunks.push({ hash, rows: rows.count, bytes: rows.text.length });
  }

  #datasetRecord(days: readonly DatasetDayRecord[]): DatasetRecord {
    const { name, from, labelled } = this.request;
    const contentHash = days.at(-1)?.contentHash;
    if (contentHash === undefined) throw new Error('An import without rows makes no dataset.');
    return {
      name,
      contentHash,
      rows: (this.base?.rows ?? 0) + this.#rows,
      days: [...(this.base?.days ?? []), ...days.map(({ day }) => day)],
      imported: this.base?.imported ?? { at: this.#ports.clock.now(), from, labelled },
    };
  }
}

const refused = (reason: string): Problem => ({ ok: false, reason });
