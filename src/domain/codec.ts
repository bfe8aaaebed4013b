/** What a value becomes when it crosses between workers or is stored. */
export interface EncodedValue {
  readonly bytes: ArrayBuffer;
  /** A few words for people. */
  readonly label: string;
}

/** One deterministic codec for every argument and result; the engine never decodes. */
export interface Codec {
  /** @throws CannotEncode with the path of the offending value */
  encode(value: unknown, what: string): Promise<EncodedValue>;
  decode(bytes: ArrayBuffer): unknown;
}

export class CannotEncode extends Error {
  override readonly name = 'CannotEncode';
  readonly path: string;
  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}
