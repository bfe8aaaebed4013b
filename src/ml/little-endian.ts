/** Writes arrays one after another, little-endian whatever the machine is. */
export class ByteWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  uints(values: ArrayLike<number>, width: 2 | 4): void {
    for (let i = 0; i < values.length; i++, this.#at += width) {
      if (width === 2) this.#view.setUint16(this.#at, values[i] ?? 0, true);
      else this.#view.setUint32(this.#at, values[i] ?? 0, true);
    }
  }

  floats(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++, this.#at += 4)
      this.#view.setFloat32(this.#at, values[i] ?? 0, true);
  }
}

/** Reads them back in the same order. Callers check beforehand that the length fits. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  raw(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uints(length: number, width: 2 | 4): Uint32Array {
    const at = this.#at;
    this.#at += length * width;
    return Uint32Array.from({ length }, (_, i) =>
      width === 2 ? this.#view.getUint16(at + i * 2, true) : this.#view.getUint32(at + i * 4, true),
    );
  }

  floats(length: number): Float32Array {
    const at = this.#at;
    this.#at += length * 4;
    return Float32Array.from({ length }, (_, i) => this.#view.getFloat32(at + i * 4, true));
  }
}
