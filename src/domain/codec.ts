import { MAX_VALUE_BYTES } from './host-api.ts';

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

/** Author workers link libraries that were bundled apart, each with a class of its own: it is known by its fields. */
export const isCannotEncode = (error: unknown): error is CannotEncode =>
  error instanceof Error &&
  error.name === 'CannotEncode' &&
  'path' in error &&
  typeof error.path === 'string';

const megabytes = (bytes: number): string =>
  `${Math.ceil(bytes / 1_048_576).toLocaleString('en-US')} MB`;

/** @throws CannotEncode when so many bytes are more than a value may have */
export function refuseTooLong(path: string, bytes: number): void {
  if (bytes > MAX_VALUE_BYTES) throw new CannotEncode(path, tooLong(bytes));
}

/** What is wrong with a value of at least so many bytes. */
export const tooLong = (bytes: number): string =>
  `it is ${megabytes(bytes)} long or more, and ${megabytes(MAX_VALUE_BYTES)} is the limit; pass on less, or a dataset or model`;
