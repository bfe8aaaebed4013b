/**
 * Gives every distinct byte string a number, counted from 0 in order of first appearance. Open addressing over
 * typed arrays: no object and no string an entry, so a million words stay cheap.
 */
export class ByteTable {
  size = 0;
  #bytes = new Uint8Array(4096);
  #ends = new Uint32Array(512);
  /** Entry number + 1; 0 is empty. Its length is a power of two, at most half full. */
  #slots = new Int32Array(1024);

  /** The number of `source[from..to]`, or -1. */
  find(source: Uint8Array, from: number, to: number): number {
    return (this.#slots[this.#slotOf(source, from, to)] ?? 0) - 1;
  }

  /** The number of `source[from..to]`, which it gets now when it is new. */
  add(source: Uint8Array, from: number, to: number): number {
    const slot = this.#slotOf(source, from, to);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    this.#slots[slot] = this.size + 1;
    this.#append(source, from, to);
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return this.size - 1;
  }

  /** A view of entry `id`. */
  entry(id: number): Uint8Array {
    return this.#bytes.subarray(this.#from(id), this.#ends[id]);
  }

  #from(id: number): number {
    return id === 0 ? 0 : (this.#ends[id - 1] ?? 0);
  }

  /** Where it stands, or the empty slot where it would. */
  #slotOf(source: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(source, from, to) & mask;
    for (;;) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id < 0 || this.#equals(id, source, from, to)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(id: number, source: Uint8Array, from: number, to: number): boolean {
    let at = this.#from(id);
    if ((this.#ends[id] ?? 0) - at !== to - from) return false;
    for (let i = from; i < to; i++, at++) if (this.#bytes[at] !== source[i]) return false;
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
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let id = 0; id < this.size; id++)
      this.#slots[this.#slotOf(this.#bytes, this.#from(id), this.#ends[id] ?? 0)] = id + 1;
  }
}

/** FNV-1a with a last mix, since only the low bits choose the slot. */
function hash(source: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5;
  for (let i = from; i < to; i++) h = Math.imul(h ^ (source[i] ?? 0), 0x01000193);
  return h ^ (h >>> 15);
}
