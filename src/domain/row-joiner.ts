import type { RowBatch } from './rows.ts';

/** Puts batches together whose total is known before: each is copied to its place once. */
export class RowJoiner {
  readonly #text: Uint8Array;
  readonly #ends: Uint32Array;
  readonly #labels: Uint8Array;
  readonly #ids: string[] = [];
  readonly #domains: string[] = [];
  #at = 0;

  constructor(total: { readonly rows: number; readonly bytes: number }) {
    this.#text = new Uint8Array(total.bytes);
    this.#ends = new Uint32Array(total.rows);
    this.#labels = new Uint8Array(total.rows);
  }

  /** @throws RangeError when there is more than was said */
  add({ text, ends, labels, ids, domains }: RowBatch): void {
    this.#text.set(text, this.#at);
    const row = this.#ids.length;
    this.#labels.set(labels, row);
    for (let i = 0; i < ends.length; i++) this.#ends[row + i] = this.#at + (ends[i] ?? 0);
    for (const id of ids) this.#ids.push(id);
    for (const domain of domains) this.#domains.push(domain);
    this.#at += text.length;
  }

  /** @throws Error when less came than was said */
  finish(): RowBatch {
    const count = this.#ids.length;
    if (count !== this.#ends.length || this.#at !== this.#text.length)
      throw new Error(`${count} rows came where ${this.#ends.length} were announced.`);
    return {
      count,
      text: this.#text,
      ends: this.#ends,
      labels: this.#labels,
      ids: this.#ids,
      domains: this.#domains,
    };
  }
}
