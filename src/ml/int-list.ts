/** Integers, as many as it takes. */
export class IntList {
  length = 0;
  #values: Int32Array;

  /** @param expected about how many there will be */
  constructor(expected = 1024) {
    this.#values = new Int32Array(Math.max(expected, 16));
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.reserve(1);
    this.#values[this.length++] = value;
  }

  /** Room for so many more. @returns the array, for a loop that writes behind `length` and sets it then */
  reserve(more: number): Int32Array {
    if (this.length + more > this.#values.length) {
      const longer = new Int32Array(Math.max(this.length + more, this.length * 2));
      longer.set(this.#values.subarray(0, this.length));
      this.#values = longer;
    }
    return this.#values;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** A view, valid until the next change. */
  values(): Int32Array {
    return this.#values.subarray(0, this.length);
  }
}
