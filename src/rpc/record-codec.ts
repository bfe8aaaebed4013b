import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import type { RecordCodec } from '#domain/ports.ts';

/** Their places stand in files that people keep: the list only ever grows. */
const TYPED = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
] as const;
const BUFFER = 255;

/**
 * Buffers and typed arrays: a byte that says which, and their bytes. One extension for all, because each is asked about
 * every object; and bytes too, although msgpack has a form for them: decoded, that is a view of the whole file.
 */
const extensions = new ExtensionCodec();
extensions.register({ type: 1, encode: packBytes, decode: unpackBytes });
const options = { extensionCodec: extensions, ignoreUndefined: true } as const;

/** msgpack. A field that is undefined is left out. */
export const recordCodec: RecordCodec = {
  encode: (value) => encode(value, options),
  decode: (bytes) => decode(bytes, options),
};

function packBytes(value: unknown): Uint8Array | null {
  if (value instanceof ArrayBuffer) return packed(BUFFER, new Uint8Array(value));
  if (!ArrayBuffer.isView(value)) return null;
  const kind = TYPED.findIndex((Typed) => value instanceof Typed);
  if (kind < 0) throw new Error(`A ${value.constructor.name} cannot be written to a file.`);
  return packed(kind, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function packed(kind: number, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 1);
  all[0] = kind;
  all.set(bytes, 1);
  return all;
}

function unpackBytes(all: Uint8Array): unknown {
  const own = all.slice(1).buffer;
  const [kind = BUFFER] = all;
  if (kind === BUFFER) return own;
  const Typed = TYPED[kind];
  if (!Typed) throw new Error(`No bytes are of kind ${kind}.`);
  return new Typed(own);
}
