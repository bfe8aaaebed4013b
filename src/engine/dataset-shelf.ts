import type { ContentHash } from '#domain/ids.ts';
import type { DatasetDayRecord } from '#domain/records.ts';
import type { RowBatch } from '#domain/rows.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { Pace } from './pace.ts';
import type { EnginePorts } from './ports.ts';

/** Chunks that go in one transaction. */
const SWEPT_AT_ONCE = 8;

/**
 * The stored rows: what refers to them changes one act at a time, and what nothing refers to is swept in slices.
 * Invariant: a chunk is deleted only while no day and no import under way has it.
 */
export class DatasetShelf {
  readonly #ports: EnginePorts;
  readonly #pace: Pace;
  readonly #turns = new OneAtATime();
  readonly #kept = new Set<ReadonlySet<ContentHash>>();
  readonly #stopped: (error: unknown) => void;
  #changes = 0;
  #used: { readonly changes: number; readonly hashes: ReadonlySet<ContentHash> } | undefined;
  #isSweeping = false;
  #again = false;

  constructor(ports: EnginePorts, stopped: (error: unknown) => void) {
    this.#ports = ports;
    this.#pace = new Pace(ports.clock);
    this.#stopped = stopped;
  }

  /** Reads or changes what datasets there are, while nobody else does. */
  change<T>(act: () => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      this.#changes++;
      return act();
    });
  }

  /** Chunks with these hashes are on their way into a dataset. The set may grow. */
  keep(hashes: ReadonlySet<ContentHash>): void {
    this.#kept.add(hashes);
  }

  letGo(hashes: ReadonlySet<ContentHash>): void {
    this.#kept.delete(hashes);
  }

  /** All rows of a dataset, a chunk at a time. */
  async *rowsOf(dataset: string): AsyncIterable<RowBatch> {
    for (const { rows, chunks = [] } of await this.#ports.store.datasetDays(dataset, Infinity)) {
      if (rows.count > 0) yield rows;
      for (const { hash } of chunks) yield await this.chunk(hash);
    }
  }

  /** @throws Error when it is not stored */
  async chunk(hash: ContentHash): Promise<RowBatch> {
    const record = await this.#ports.store.get('rowChunks', hash);
    if (!record) throw new Error(`Rows of a dataset are gone (${hash}). Import it again.`);
    return record.rows;
  }

  /** Deletes, in the background, the chunks that nothing refers to. */
  sweep(): void {
    this.#again = true;
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    void this.#sweepAll().catch(this.#stopped);
  }

  async #sweepAll(): Promise<void> {
    try {
      while (this.#again) await this.#sweepOnce();
    } finally {
      // In the very turn of the last look: a sweep that is asked for from now on begins anew.
      this.#isSweeping = false;
    }
  }

  async #sweepOnce(): Promise<void> {
    this.#again = false;
    const orphans = await this.#turns.run(async () =>
      this.#orphans(await this.#ports.store.rowChunkHashes()),
    );
    for (let i = 0; i < orphans.length; i += SWEPT_AT_ONCE)
      await this.#pace.slice(() => this.#sweepSome(orphans.slice(i, i + SWEPT_AT_ONCE)));
  }

  #sweepSome(hashes: readonly ContentHash[]): Promise<void> {
    return this.#turns.run(async () => {
      const orphans = await this.#orphans(hashes);
      await this.#ports.store.commit(
        orphans.map((key) => ({ store: 'rowChunks', op: 'delete', key })),
      );
    });
  }

  async #orphans(hashes: readonly ContentHash[]): Promise<readonly ContentHash[]> {
    if (hashes.length === 0) return [];
    if (this.#used?.changes !== this.#changes)
      this.#used = { changes: this.#changes, hashes: await this.#readUsed() };
    const used = this.#used.hashes;
    const kept = [...this.#kept];
    return hashes.filter((hash) => !used.has(hash) && !kept.some((set) => set.has(hash)));
  }

  async #readUsed(): Promise<ReadonlySet<ContentHash>> {
    const { store } = this.#ports;
    const used = new Set<ContentHash>();
    for (const { name, imported } of await store.datasets())
      if (imported)
        for (const day of await store.datasetDays(name, Infinity))
          for (const hash of hashesOf(day)) used.add(hash);
    return used;
  }
}

const hashesOf = ({ chunks = [] }: DatasetDayRecord): readonly ContentHash[] =>
  chunks.map(({ hash }) => hash);
