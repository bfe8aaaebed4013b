/** Slots at first. */
const FEW = 1024;
/** Numbers a slot. */
const WIDTH = 4;

/** Gives every distinct pair of numbers a number, counted from 0 in order of first appearance: bigrams of word ids. */
export class PairTable {
  size = 0;
  #pairs: Uint32Array;
  /**
   * Four a slot, so that one look into memory answers: entry number + 1 (0 is empty), left, right, and the mark of
   * `addOnce`. The number of slots is a power of two, at most half of them full.
   */
  #slots: Int32Array;

  /** @param expected about how many pairs there will be: growing costs as much again as filling */
  constructor(expected = 0) {
    let slots = FEW;
    while (slots < expected * 2) slots *= 2;
    this.#slots = new Int32Array(slots * WIDTH);
    this.#pairs = new Uint32Array(slots);
  }

  /** A table of these pairs, numbered in their order. @param pairs left and right of each */
  static of(pairs: Uint32Array): PairTable {
    const table = new PairTable(pairs.length / 2);
    for (let i = 0; i < pairs.length; i += 2) table.add(pairs[i]!, pairs[i + 1]!);
    return table;
  }

  /** The number of the pair, or -1. */
  find(left: number, right: number): number {
    return this.#slots[this.#slotOf(left, right)]! - 1;
  }

  /** The number of the pair, which it gets now when it is new. */
  add(left: number, right: number): number {
    const slot = this.#slotOf(left, right);
    const known = this.#slots[slot]!;
    return known > 0 ? known - 1 : this.#insert(slot, left, right, 0);
  }

  /** As `add`; -1 when the pair was marked with this number before, else it is from now on. @param mark above 0 */
  addOnce(left: number, right: number, mark: number): number {
    const slots = this.#slots;
    const slot = this.#slotOf(left, right);
    const known = slots[slot]!;
    if (known === 0) return this.#insert(slot, left, right, mark);
    if (slots[slot + 3] === mark) return -1;
    slots[slot + 3] = mark;
    return known - 1;
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
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash(left, right) * WIDTH) & mask;
    while (slots[slot] !== 0 && (slots[slot + 1] !== left || slots[slot + 2] !== right))
      slot = (slot + WIDTH) & mask;
    return slot;
  }

  #insert(slot: number, left: number, right: number, mark: number): number {
    const slots = this.#slots;
    const id = this.size++;
    slots[slot] = id + 1;
    slots[slot + 1] = left;
    slots[slot + 2] = right;
    slots[slot + 3] = mark;
    if (this.size * 2 > this.#pairs.length) {
      const longer = new Uint32Array(this.#pairs.length * 2);
      longer.set(this.#pairs);
      this.#pairs = longer;
    }
    this.#pairs[id * 2] = left;
    this.#pairs[id * 2 + 1] = right;
    if (this.size * 2 * WIDTH > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from += WIDTH) {
      if (old[from] === 0) continue;
      let slot = (hash(old[from + 1]!, old[from + 2]!) * WIDTH) & mask;
      while (slots[slot] !== 0) slot = (slot + WIDTH) & mask;
      for (let i = 0; i < WIDTH; i++) slots[slot + i] = old[from + i]!;
    }
    this.#slots = slots;
  }
}

function hash(left: number, right: number): number {
  const h = Math.imul(left, 0x9e3779b1) ^ Math.imul(right + 1, 0x85ebca77);
  return (h ^ (h >>> 15) ^ (h >>> 7)) & 0x0fffffff;
}
