import {
  BUILT_IN_DATASET,
  type DatasetDeletion,
  type DatasetSummary,
  type RowPage,
} from '#domain/datasets.ts';
import type { ContentHash } from '#domain/ids.ts';
import type { DatasetDayRecord, DatasetRecord } from '#domain/records.ts';
import { packRows, type LabelledText, type RowBatch } from '#domain/rows.ts';
import type { SnapshotHead } from '#domain/snapshot-head.ts';
import type { Write } from '#domain/store.ts';
import { joined } from './chunk-hash.ts';
import { DatasetImports } from './dataset-imports.ts';
import { DatasetShelf } from './dataset-shelf.ts';
import { summaryOf } from './day-summary.ts';
import type { EnginePorts } from './ports.ts';
import { rowPage } from './row-page.ts';

const BUILT_IN = BUILT_IN_DATASET;
const CORPUS = 'corpus/reviews.tsv';
const DAYS_PER_COMMIT = 10;

/** Who reads a dataset, and remembers it before he does. */
interface Reader {
  /** Last day of the built-in corpus that has arrived for him. */
  readonly arrivalDay: number;
  note(dataset: string): Promise<void>;
}

/** Datasets in day batches. The built-in corpus is read from the site once and kept like any other. */
export class Datasets {
  readonly imports: DatasetImports;
  readonly #ports: EnginePorts;
  readonly #shelf: DatasetShelf;
  /** By name, with the hash it is of: the days of the built-in corpus are counted once. */
  readonly #summaries = new Map<string, Pick<DatasetSummary, 'contentHash' | 'days'>>();
  #built: Promise<void> | undefined;

  /** @param stopped the store can no longer be used */
  constructor(ports: EnginePorts, stopped: (error: unknown) => void) {
    this.#ports = ports;
    this.#shelf = new DatasetShelf(ports, stopped);
    this.imports = new DatasetImports(ports, this.#shelf);
  }

  /** Sweeps rows that nothing refers to: of an import that an earlier engine did not end, or of a dataset that was replaced. */
  sweep(): void {
    this.#shelf.sweep();
  }

  /** Does something while datasets neither come nor go. */
  whileStill<T>(act: () => Promise<T>): Promise<T> {
    return this.#shelf.change(act);
  }

  /**
   * All rows up to the day (inclusive). Absent: of the built-in corpus what has arrived, of others all.
   * @throws Error when there is no such dataset or nothing has arrived
   */
  async snapshot(dataset: string, until: number | undefined, by: Reader): Promise<SnapshotHead> {
    if (dataset === BUILT_IN) await this.ready();
    return this.#shelf.change(async () => {
      const record = await this.#ports.store.get('datasets', dataset);
      if (record?.imported) await by.note(dataset);
      const last = until ?? (record?.imported ? record.days.at(-1) : undefined) ?? by.arrivalDay;
      const days = await this.#ports.store.datasetDays(dataset, last);
      const newest = days.at(-1);
      if (!newest) throw new Error(await this.#whyEmpty(dataset, record, last));
      const { contentHash } = newest;
      return { dataset, until: last, contentHash, days: days.map(headOf) };
    });
  }

  /** One piece of a day whose rows come in pieces. @throws Error when there is none */
  async piece(dataset: string, day: number, piece: number): Promise<RowBatch> {
    const record = await this.#ports.store.get('datasetDays', [dataset, day]);
    const chunk = record?.chunks?.[piece];
    if (!chunk) throw new Error(`Day ${day} of dataset '${dataset}' has no piece ${piece}.`);
    return this.#shelf.chunk(chunk.hash);
  }

  async list(): Promise<readonly DatasetSummary[]> {
    // Where it is being read it is waited for; a tab that does not lead reads nothing in.
    await this.#built?.catch(() => undefined);
    const records = await this.#ports.store.datasets();
    return Promise.all(records.map((record) => this.#summary(record)));
  }

  /** Rows of a day from a position (counted from 0). @throws Error when there is no such day */
  async rows(dataset: string, day: number, from: number, limit: number): Promise<RowPage> {
    const record = await this.#ports.store.get('datasetDays', [dataset, day]);
    if (!record) throw new Error(`Dataset '${dataset}' has no day ${day}.`);
    return rowPage(record, (hash) => this.#shelf.chunk(hash), from, limit);
  }

  async delete(dataset: string): Promise<DatasetDeletion> {
    const deleted = await this.#shelf.change(() => this.#delete(dataset));
    this.#shelf.sweep();
    return deleted;
  }

  async #delete(name: string): Promise<DatasetDeletion> {
    const { store } = this.#ports;
    const record = await store.get('datasets', name);
    if (!record) return { ok: false, reason: `There is no dataset '${name}'.` };
    if (!record.imported)
      return { ok: false, reason: `'${name}' ships with the site and cannot be deleted.` };
    const reader = (await store.activeFlowRuns()).find(({ datasets = [] }) =>
      datasets.includes(name),
    );
    if (reader)
      return {
        ok: false,
        reason: `The run '${reader.name}' reads '${name}'. Wait until it ends, or cancel it, and delete the dataset then.`,
      };
    await store.commit([
      { store: 'datasets', op: 'delete', key: name },
      ...record.days.map((day): Write => ({
        store: 'datasetDays',
        op: 'delete',
        key: [name, day],
      })),
    ]);
    return { ok: true };
  }

  async #summary({ name, contentHash, imported }: DatasetRecord): Promise<DatasetSummary> {
    const days = await this.#daySummaries(name, contentHash);
    return { name, contentHash, days, ...(imported ? { imported } : {}) };
  }

  async #daySummaries(name: string, contentHash: ContentHash): Promise<DatasetSummary['days']> {
    const known = this.#summaries.get(name);
    if (known?.contentHash === contentHash) return known.days;
    const records = await this.#ports.store.datasetDays(name, Infinity);
    const days = records.map(({ day, rows, summary, contentHash: hash }) => ({
      day,
      contentHash: hash,
      ...(summary ?? summaryOf(rows)),
    }));
    this.#summaries.set(name, { contentHash, days });
    return days;
  }

  /** The built-in corpus is in the store. Asked for early, so that the first run does not wait. */
  ready(): Promise<void> {
    this.#built ??= this.#importBuiltIn().catch((error: unknown) => {
      this.#built = undefined;
      throw error;
    });
    return this.#built;
  }

  async #whyEmpty(
    dataset: string,
    record: DatasetRecord | undefined,
    until: number,
  ): Promise<string> {
    if (record)
      return `Dataset '${dataset}' has no rows up to day ${until}: its first arrive on day ${record.days[0]}.`;
    const others = (await this.#ports.store.datasets()).map(({ name }) => `'${name}'`);
    const names = others.length > 0 ? others.join(', ') : `'${BUILT_IN}'`;
    return `There is no dataset '${dataset}'. Use ${names}.`;
  }

  async #importBuiltIn(): Promise<void> {
    if (await this.#ports.store.get('datasets', BUILT_IN)) return;
    const days = await this.#hashed(parseCorpus(await this.#ports.assets.text(CORPUS)));
    for (let i = 0; i < days.length; i += DAYS_PER_COMMIT)
      await this.#ports.store.commit(days.slice(i, i + DAYS_PER_COMMIT).map(putDay));
    const last = days.at(-1);
    if (!last) throw new Error(`${CORPUS} holds no rows.`);
    const record = {
      name: BUILT_IN,
      contentHash: last.contentHash,
      rows: days.reduce((sum, day) => sum + day.rows.count, 0),
      days: days.map((day) => day.day),
    };
    await this.#ports.store.commit([{ store: 'datasets', op: 'put', record }]);
  }

  /** Each day's hash covers the days before it, so one hash names all rows up to a day. */
  async #hashed(days: ReadonlyMap<number, RowBatch>): Promise<readonly DatasetDayRecord[]> {
    const records: DatasetDayRecord[] = [];
    for (const [day, rows] of [...days].sort(([a], [b]) => a - b)) {
      const before = records.at(-1)?.contentHash ?? '';
      const text = `${before}\n${day}\n${rows.ids.join()}\n${rows.labels.join()}\n${rows.domains.join()}\n${rows.ends.join()}\n`;
      const contentHash = await this.#ports.hasher.hash(joined(text, rows.text));
      records.push({ dataset: BUILT_IN, day, rows, contentHash });
    }
    return records;
  }
}

const putDay = (record: DatasetDayRecord): Write => ({ store: 'datasetDays', op: 'put', record });

const headOf = ({ day, rows, chunks }: DatasetDayRecord): SnapshotHead['days'][number] => ({
  day,
  rows,
  ...(chunks ? { pieces: chunks.map(({ rows: count, bytes }) => ({ rows: count, bytes })) } : {}),
});

/** `id day domain label hard text`, tab-separated, with a header line; texts hold no tabs. */
function parseCorpus(tsv: string): ReadonlyMap<number, RowBatch> {
  const days = new Map<number, LabelledText[]>();
  for (const line of tsv.split('\n').slice(1)) {
    const [id, day, domain, label, , text] = line.split('\t');
    if (id === undefined || domain === undefined || text === undefined) continue;
    const rows = days.get(Number(day)) ?? [];
    rows.push({ id, domain, label: label === '1' ? 1 : 0, text });
    days.set(Number(day), rows);
  }
  return new Map([...days].map(([day, rows]) => [day, packRows(rows)]));
}
