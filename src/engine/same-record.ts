/** Equal in all their fields; buffers by their bytes. A field that is undefined is none. */
export function sameRecord(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  const [bytes, others] = [bytesOf(one), bytesOf(other)];
  if (bytes || others) return bytes !== undefined && others !== undefined && same(bytes, others);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [fields, rest] = [fieldsOf(one), fieldsOf(other)];
  return (
    fields.length === rest.length &&
    fields.every(([key, value]) => sameRecord(value, Reflect.get(other, key)))
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const fieldsOf = (value: object): readonly (readonly [string, unknown])[] =>
  Object.entries(value).filter(([, field]) => field !== undefined);

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);
