import type { Snapshot } from '#domain/author-host.ts';
import type { DatasetDayRecord } from '#domain/records.ts';
import { packRows, type LabelledText, type RowBatch } from '#domain/rows.ts';
import type { Write } from '#domain/store.ts';
import type { EnginePorts } from './ports.ts';

const BUILT_IN = 'reviews';
const CORPUS = 'corpus/reviews.tsv';
const DAYS_PER_COMMIT = 10;

/** Datasets in day batches. The built-in corpus is read from the site once and kept like any other. */
export class Datasets {
  readonly #ports: EnginePorts;
  #built: Promise<void> | undefined;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
  }

  /** All rows that arrived up to the day. @throws Error when there is no such dataset or nothing has arrived */
  async snapshot(dataset: string, until: number): Promise<Snapshot> {
    if (dataset === BUILT_IN) await this.ready();
    const days = await this.#ports.store.datasetDays(dataset, until);
    const last = days.at(-1);
    if (!last) throw new Error(await this.#whyEmpty(dataset, until));
    return {
      dataset,
      until,
      contentHash: last.contentHash,
      days: days.map(({ day, rows }) => ({ day, rows })),
    };
  }

  /** The built-in corpus is in the store. Asked for early, so that the first run does not wait. */
  ready(): Promise<void> {
    this.#built ??= this.#importBuiltIn().catch((error: unknown) => {
      this.#built = undefined;
      throw error;
    });
    return this.#built;
  }

  async #whyEmpty(dataset: string, until: number): Promise<string> {
    const record = await this.#ports.store.get('datasets', dataset);
    return record
      ? `Dataset '${dataset}' has no rows up to day ${until}: its first arrive on day ${record.days[0]}.`
      : `There is no dataset '${dataset}'. Use '${BUILT_IN}'.`;
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
      const contentHash = await this.#ports.hasher.hash(
        joined(new TextEncoder().encode(text), rows.text),
      );
      records.push({ dataset: BUILT_IN, day, rows, contentHash });
    }
    return records;
  }
}

const putDay = (record: DatasetDayRecord): Write => ({ store: 'datasetDays', op: 'put', record });

function joined(a: Uint8Array, b: Uint8Array): ArrayBuffer {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all.buffer;
}

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
