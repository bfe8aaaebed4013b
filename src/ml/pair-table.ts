/** Gives every distinct pair of numbers a number, counted from 0 in order of first appearance: bigrams of word ids. */
export class PairTable {
  size = 0;
  #pairs = new Uint32Array(1024);
  /** Entry number + 1; 0 is empty. Its length is a power of two, at most half full. */
  #slots = new Int32Array(1024);

  /** The number of the pair, or -1. */
  find(left: number, right: number): number {
    return (this.#slots[this.#slotOf(left, right)] ?? 0) - 1;
  }

  /** The number of the pair, which it gets now when it is new. */
  add(left: number, right: number): number {
    const slot = this.#slotOf(left, right);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    this.#slots[slot] = this.size + 1;
    this.#append(left, right);
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return this.size - 1;
  }

  left(id: number): number {
    return this.#pairs[id * 2] ?? 0;
  }

  right(id: number): number {
    return this.#pairs[id * 2 + 1] ?? 0;
  }

  /** A view of all pairs: left and right of each, in order. */
  values(): Uint32Array {
    return this.#pairs.subarray(0, this.size * 2);
  }

  #slotOf(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(left, right) & mask;
    for (;;) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id < 0 || (this.left(id) === left && this.right(id) === right)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #append(left: number, right: number): void {
    if (this.size * 2 === this.#pairs.length) {
      const longer = new Uint32Array(this.#pairs.length * 2);
      longer.set(this.#pairs);
      this.#pairs = longer;
    }
    this.#pairs[this.size * 2] = left;
    this.#pairs[this.size * 2 + 1] = right;
    this.size++;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let id = 0; id < this.size; id++)
      this.#slots[this.#slotOf(this.left(id), this.right(id))] = id + 1;
  }
}

function hash(left: number, right: number): number {
  const h = Math.imul(left, 0x9e3779b1) ^ Math.imul(right + 1, 0x85ebca77);
  return h ^ (h >>> 15) ^ (h >>> 7);
}
