import { hashOf } from './tokens.ts';

/** Slots at first. */
const FEW = 1024;

/**
 * Gives every distinct byte string a number, counted from 0 in order of first appearance. Open addressing over
 * typed arrays: no object and no string an entry, so a million words stay cheap.
 */
export class ByteTable {
  size = 0;
  #bytes = new Uint8Array(4096);
  #ends = new Uint32Array(512);
  /**
   * Two a slot: entry number + 1 (0 is empty), and the hash, so that most others are passed over without a look at
   * their bytes. The number of slots is a power of two, at most half of them full.
   */
  #slots = new Int32Array(FEW * 2);

  /** A copy of the entries `0..size` of another table, as `values` gives them. */
  static of({ bytes, ends }: ByteEntries): ByteTable {
    const table = new ByteTable();
    let from = 0;
    for (const end of ends) table.add(bytes, from, (from = end));
    return table;
  }

  /** The number of `source[from..to]`, or -1. @param hash `hashOf` it */
  find(source: Uint8Array, from: number, to: number, hash = hashOf(source, from, to)): number {
    return (this.#slots[this.#slotOf(source, from, to, hash)] ?? 0) - 1;
  }

  /** The number of `source[from..to]`, which it gets now when it is new. @param hash `hashOf` it */
  add(source: Uint8Array, from: number, to: number, hash = hashOf(source, from, to)): number {
    const slot = this.#slotOf(source, from, to, hash);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    this.#slots[slot] = this.size + 1;
    this.#slots[slot + 1] = hash;
    this.#append(source, from, to);
    if (this.size * 4 > this.#slots.length) this.#rehash();
    return this.size - 1;
  }

  /** A view of entry `id`. */
  entry(id: number): Uint8Array {
    return this.#bytes.subarray(this.#from(id), this.#ends[id]);
  }

  /** Views of all entries. */
  values(): ByteEntries {
    return {
      bytes: this.#bytes.subarray(0, this.#from(this.size)),
      ends: this.#ends.subarray(0, this.size),
    };
  }

  #from(id: number): number {
    return id === 0 ? 0 : (this.#ends[id - 1] ?? 0);
  }

  /** Where it stands, or the empty slot where it would. */
  #slotOf(source: Uint8Array, from: number, to: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (mixed(hash) << 1) & mask;
    for (;;) {
      const id = slots[slot]! - 1;
      if (id < 0 || (slots[slot + 1] === hash && this.#equals(id, source, from, to))) return slot;
      slot = (slot + 2) & mask;
    }
  }

  #equals(id: number, source: Uint8Array, from: number, to: number): boolean {
    const bytes = this.#bytes;
    let at = this.#from(id);
    if (this.#ends[id]! - at !== to - from) return false;
    for (let i = from; i < to; i++, at++) if (bytes[at] !== source[i]) return false;
    return true;
  }

  #append(source: Uint8Array, from: number, to: number): void {
    const start = this.#from(this.size);
    const end = start + to - from;
    if (end > this.#bytes.length) {
      const wider = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    if (this.size === this.#ends.length) {
      const longer = new Uint32Array(this.#ends.length * 2);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    for (let i = from; i < to; i++) this.#bytes[start + i - from] = source[i] ?? 0;
    this.#ends[this.size++] = end;
  }

  #rehash(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue;
      let slot = (mixed(old[from + 1]!) << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = old[from]!;
      slots[slot + 1] = old[from + 1]!;
    }
    this.#slots = slots;
  }
}

/** Byte strings one after another: entry i is `bytes[ends[i - 1] or 0 .. ends[i]]`. */
export interface ByteEntries {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Only the low bits choose the slot. */
const mixed = (hash: number): number => hash ^ (hash >>> 15);
