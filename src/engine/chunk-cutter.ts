import type { RowBatch } from '#domain/rows.ts';

const MOST_ROWS = 2_000;
const MOST_BYTES = 256 * 1024;
const FIRST_BYTES = 16 * 1024;

/**
 * Cuts rows into chunks that are read and written in a few milliseconds. Where it cuts follows from the rows alone, not
 * from the batches they come in: the same rows have the same hash.
 */
export class ChunkCutter {
  #text = new Uint8Array(FIRST_BYTES);
  #at = 0;
  #ends: number[] = [];
  #labels: number[] = [];
  #ids: string[] = [];
  #domains: string[] = [];

  /** Adds one row of a batch. @returns the chunk before it, where that is full now */
  add(rows: RowBatch, row: number, id: string): RowBatch | undefined {
    const from = rows.ends[row - 1] ?? 0;
    const to = rows.ends[row] ?? 0;
    const full = this.#isFullWith(to - from) ? this.take() : undefined;
    this.#makeRoom(to - from);
    this.#text.set(rows.text.subarray(from, to), this.#at);
    this.#at += to - from;
    this.#ends.push(this.#at);
    this.#labels.push(rows.labels[row] ?? 0);
    this.#ids.push(id);
    this.#domains.push(rows.domains[row] ?? '');
    return full;
  }

  /** What is left; undefined: nothing. */
  take(): RowBatch | undefined {
    const count = this.#ends.length;
    if (count === 0) return undefined;
    const chunk = {
      count,
      text: this.#text.slice(0, this.#at),
      ends: Uint32Array.from(this.#ends),
      labels: Uint8Array.from(this.#labels),
      ids: this.#ids,
      domains: this.#domains,
    };
    this.#at = 0;
    [this.#ends, this.#labels, this.#ids, this.#domains] = [[], [], [], []];
    return chunk;
  }

  #isFullWith(bytes: number): boolean {
    const rows = this.#ends.length;
    return rows >= MOST_ROWS || (rows > 0 && this.#at + bytes > MOST_BYTES);
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#text.length) return;
    const larger = new Uint8Array(Math.max(this.#at + bytes, 2 * this.#text.length));
    larger.set(this.#text.subarray(0, this.#at));
    this.#text = larger;
  }
}
