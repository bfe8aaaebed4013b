/** Longer words are told apart by their first bytes only; it also lets a container keep a length in one byte. */
const MAX_TOKEN_BYTES = 64;

/**
 * The tokens of one text, in buffers that are used again for the next text.
 * Token i is `bytes[ends[i - 1] or 0 .. ends[i]]` (normalised UTF-8) and stands in the text at
 * `starts[i] .. stops[i]` (UTF-16 units, end exclusive).
 */
export class Tokens {
  count = 0;
  bytes = new Uint8Array(2048);
  ends = new Uint32Array(256);
  starts = new Uint32Array(256);
  stops = new Uint32Array(256);
  #length = 0;
  /** The last token is a word that may go on. */
  #open = false;

  clear(): void {
    this.count = 0;
    this.#length = 0;
    this.#open = false;
  }

  from(token: number): number {
    return token === 0 ? 0 : (this.ends[token - 1] ?? 0);
  }

  letter(byte: number, unit: number, units: number): void {
    if (!this.#open) this.#begin(unit);
    this.#open = true;
    this.#push(byte);
    this.stops[this.count - 1] = unit + units;
  }

  letters(bytes: Uint8Array, unit: number, units: number): void {
    for (const byte of bytes) this.letter(byte, unit, units);
  }

  /** Repeats without a gap (`!!!`) are one token. */
  symbol(bytes: Uint8Array, unit: number, units: number): void {
    if (!this.#repeats(bytes, unit)) {
      this.#begin(unit);
      for (const byte of bytes) this.#push(byte);
    }
    this.#open = false;
    this.stops[this.count - 1] = unit + units;
  }

  /** Marks and joiners widen the token they stand at and change nothing else. */
  attach(unit: number, units: number): void {
    if (this.count > 0 && this.stops[this.count - 1] === unit)
      this.stops[this.count - 1] = unit + units;
  }

  gap(): void {
    this.#open = false;
  }

  endsWithN(): boolean {
    return this.#open && this.bytes[this.#length - 1] === 0x6e;
  }

  #begin(unit: number): void {
    if (this.count === this.ends.length) this.#moreTokens();
    this.starts[this.count] = unit;
    this.ends[this.count] = this.#length;
    this.count++;
  }

  #push(byte: number): void {
    if (this.#length - this.from(this.count - 1) >= MAX_TOKEN_BYTES) return;
    if (this.#length === this.bytes.length)
      this.bytes = grown(this.bytes, new Uint8Array(this.#length * 2));
    this.bytes[this.#length++] = byte;
    this.ends[this.count - 1] = this.#length;
  }

  #repeats(bytes: Uint8Array, unit: number): boolean {
    const last = this.count - 1;
    if (last < 0 || this.#open || this.stops[last] !== unit) return false;
    const from = this.from(last);
    return (
      this.#length - from === bytes.length &&
      bytes.every((byte, i) => this.bytes[from + i] === byte)
    );
  }

  #moreTokens(): void {
    const length = this.ends.length * 2;
    this.ends = grown(this.ends, new Uint32Array(length));
    this.starts = grown(this.starts, new Uint32Array(length));
    this.stops = grown(this.stops, new Uint32Array(length));
  }
}

function grown<A extends Uint8Array | Uint32Array>(old: A, wide: A): A {
  wide.set(old);
  return wide;
}
