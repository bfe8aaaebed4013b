import type { ImportBatch } from '#domain/datasets.ts';
import { joinBytes } from './byte-source.ts';
import type { MappedRow } from './row-mapper.ts';

const MOST_ROWS = 2_000;
const MOST_BYTES = 256 * 1024;

/** Rows in packs that cross between workers in a few milliseconds. */
export class BatchPacker {
  #rows: MappedRow[] = [];
  #bytes = 0;

  /** @returns the pack before it, where that is full now */
  add(row: MappedRow): ImportBatch | undefined {
    const full =
      this.#rows.length >= MOST_ROWS ||
      (this.#rows.length > 0 && this.#bytes + row.text.length > MOST_BYTES);
    const before = full ? this.take() : undefined;
    this.#rows.push(row);
    this.#bytes += row.text.length;
    return before;
  }

  take(): ImportBatch | undefined {
    const rows = this.#rows;
    if (rows.length === 0) return undefined;
    this.#rows = [];
    this.#bytes = 0;
    let at = 0;
    return {
      rows: {
        count: rows.length,
        // Its own bytes, even of one row: they are handed over.
        text: joinBytes([...rows.map(({ text }) => text), new Uint8Array()]),
        ends: Uint32Array.from(rows, ({ text }) => (at += text.length)),
        labels: Uint8Array.from(rows, ({ label }) => label),
        ids: rows.map(({ id }) => id),
        domains: rows.map(({ domain }) => domain),
      },
      ...(rows.some(({ day }) => day !== undefined)
        ? { days: Uint32Array.from(rows, ({ day }) => day ?? 0) }
        : {}),
    };
  }
}
