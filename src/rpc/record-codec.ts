import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import type { RecordCodec } from '#domain/ports.ts';

/** Numbers of extensions stand in files that people keep: they never change their meaning. */
const BUFFER = 1;
const TYPED = [
  [2, Uint8Array],
  [3, Int8Array],
  [4, Uint8ClampedArray],
  [5, Int16Array],
  [6, Uint16Array],
  [7, Int32Array],
  [8, Uint32Array],
  [9, Float32Array],
  [10, Float64Array],
] as const;

const extensions = new ExtensionCodec();
extensions.register({
  type: BUFFER,
  encode: (value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : null),
  decode: (bytes) => bytes.slice().buffer,
});
// Bytes too, although msgpack has a form for them: decoded, that is a view of the whole file.
for (const [type, Typed] of TYPED)
  extensions.register({
    type,
    encode: (value) =>
      value instanceof Typed
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
        : null,
    decode: (bytes) => new Typed(bytes.slice().buffer),
  });

const options = { extensionCodec: extensions, sortKeys: true, ignoreUndefined: true } as const;

/** msgpack: the same record gives the same bytes. A field that is undefined is left out. */
export const recordCodec: RecordCodec = {
  encode: (value) => encode(value, options),
  decode: (bytes) => decode(bytes, options),
};
