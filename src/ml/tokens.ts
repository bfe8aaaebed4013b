/** Longer words are told apart by their first bytes only; it also lets a container keep a length in one byte. */
const MAX_TOKEN_BYTES = 64;
/** FNV-1a, over the bytes of a token as they come. */
const HASH_START = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

/** What an ASCII letter or digit becomes in a word; 0 for every other byte. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return byte < 128 && /[a-z0-9]/i.test(character) ? character.toLowerCase().charCodeAt(0) : 0;
});

/**
 * The tokens of one text, in buffers that are used again for the next text.
 * Token i is `bytes[ends[i - 1] or 0 .. ends[i]]` (normalised UTF-8), hashes to `hashes[i]` as `hashOf` tells, and
 * stands in the text at `starts[i] .. stops[i]` (UTF-16 units, end exclusive).
 */
export class Tokens {
  count = 0;
  bytes = new Uint8Array(2048);
  ends = new Uint32Array(256);
  hashes = new Int32Array(256);
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

  /**
   * Takes the ASCII letters and digits at the start of `source[from..to]`, whose first stands at `unit`. Nine of ten
   * bytes of a training set pass through here, hence one longer loop on locals.
   * @returns where they end
   */
  word(source: Uint8Array, from: number, to: number, unit: number): number {
    if (!this.#open) this.#begin(unit);
    this.#open = true;
    const token = this.count - 1;
    let length = this.#length;
    const stop = Math.min(to, from + MAX_TOKEN_BYTES - (length - this.from(token)));
    if (length + MAX_TOKEN_BYTES > this.bytes.length) this.#moreBytes();
    const bytes = this.bytes;
    let hash = this.hashes[token]!;
    let at = from;
    for (; at < stop; at++) {
      const byte = LOWER[source[at]!]!;
      if (byte === 0) break;
      bytes[length++] = byte;
      hash = Math.imul(hash ^ byte, HASH_FACTOR);
    }
    while (at < to && LOWER[source[at]!] !== 0) at++;
    this.#length = length;
    this.ends[token] = length;
    this.hashes[token] = hash;
    this.stops[token] = unit + at - from;
    return at;
  }

  letters(bytes: Uint8Array, unit: number, units: number): void {
    if (!this.#open) this.#begin(unit);
    this.#open = true;
    for (const byte of bytes) this.#push(byte);
    this.stops[this.count - 1] = unit + units;
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
    this.hashes[this.count] = HASH_START;
    this.count++;
  }

  #push(byte: number): void {
    const token = this.count - 1;
    if (this.#length - this.from(token) >= MAX_TOKEN_BYTES) return;
    if (this.#length === this.bytes.length) this.#moreBytes();
    this.bytes[this.#length++] = byte;
    this.ends[token] = this.#length;
    this.hashes[token] = Math.imul((this.hashes[token] ?? 0) ^ byte, HASH_FACTOR);
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

  #moreBytes(): void {
    this.bytes = grown(this.bytes, new Uint8Array(this.bytes.length * 2));
  }

  #moreTokens(): void {
    const length = this.ends.length * 2;
    this.ends = grown(this.ends, new Uint32Array(length));
    this.hashes = grown(this.hashes, new Int32Array(length));
    this.starts = grown(this.starts, new Uint32Array(length));
    this.stops = grown(this.stops, new Uint32Array(length));
  }
}

/** Whether a byte is an ASCII letter or digit. */
export const isWordByte = (byte: number): boolean => LOWER[byte] !== 0;

/** The hash that a token of these bytes has. */
export function hashOf(source: Uint8Array, from: number, to: number): number {
  let hash = HASH_START | 0;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (source[at] ?? 0), HASH_FACTOR);
  return hash;
}

function grown<A extends Uint8Array | Uint32Array | Int32Array>(old: A, wide: A): A {
  wide.set(old);
  return wide;
}
