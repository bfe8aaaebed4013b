import type { RowBatch } from './rows.ts';
import { seededHash } from './seeded-hash.ts';

const SEED = 1;
const SMALLEST = 1024;

type SeenRows = Pick<RowBatch, 'count' | 'text' | 'ends' | 'labels'>;

/** What is known of a text before it is added. */
export type Seen = 'new' | 'same' | 'conflicting';

/**
 * Texts by a 53-bit hash, with the label each had first: 9 bytes a slot, so that two million fit into 40 MB. Of two million
 * different texts, two share a hash with a chance of 1 in 4,000.
 */
export class SeenTexts {
  /** A hash + 1; 0 is an empty slot. */
  #keys = new Float64Array(SMALLEST);
  #labels = new Uint8Array(SMALLEST);
  #count = 0;

  /** Of bytes `from` to `to`. The label of a text that was seen before stays. */
  add(bytes: Uint8Array, from: number, to: number, label: number): Seen {
    const key = seededHash(bytes, from, to, SEED) + 1;
    const slot = this.#slotOf(key);
    if (this.#keys[slot] !== 0) return this.#labels[slot] === label ? 'same' : 'conflicting';
    this.#keys[slot] = key;
    this.#labels[slot] = label;
    if (++this.#count * 2 > this.#keys.length) this.#grow();
    return 'new';
  }

  has(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#keys[this.#slotOf(seededHash(bytes, from, to, SEED) + 1)] !== 0;
  }

  addRows({ count, text, ends, labels }: SeenRows): void {
    for (let row = 0; row < count; row++)
      this.add(text, ends[row - 1] ?? 0, ends[row] ?? 0, labels[row] ?? 0);
  }

  hasRow({ text, ends }: Pick<RowBatch, 'text' | 'ends'>, row: number): boolean {
    return this.has(text, ends[row - 1] ?? 0, ends[row] ?? 0);
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = key % this.#keys.length;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, labels] = [this.#keys, this.#labels];
    this.#keys = new Float64Array(keys.length * 2);
    this.#labels = new Uint8Array(keys.length * 2);
    keys.forEach((key, i) => {
      if (key === 0) return;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#labels[slot] = labels[i] ?? 0;
    });
  }
}
