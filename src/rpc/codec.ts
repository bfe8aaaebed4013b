import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import { reviverFor, TO_REFERENCE, type Referable, type Reference } from '#domain/author-host.ts';
import { CannotEncode, refuseTooLong, type Codec } from '#domain/codec.ts';
import { labelOf } from './value-label.ts';

/** Wrapped so that the extension codec sees it: msgpack has no undefined. */
class Undefined {}
class Referenced {
  readonly reference: Reference;
  constructor(reference: Reference) {
    this.reference = reference;
  }
}

const TYPED = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** msgpack gives up at 100, without saying where. */
const MAX_DEPTH = 90;
const MIN_BIGINT = -(2n ** 63n);
const MAX_BIGINT = 2n ** 64n - 1n;

const extensions = new ExtensionCodec();
const options = { extensionCodec: extensions, sortKeys: true, useBigInt64: true } as const;

function extension<T>(
  type: number,
  matches: (value: unknown) => value is T,
  toPlain: (value: T) => unknown,
  fromPlain: (plain: never) => unknown,
): void {
  extensions.register({
    type,
    encode: (value) => (matches(value) ? encode(toPlain(value), options) : null),
    decode: (bytes) => fromPlain(decode(bytes, options) as never),
  });
}

const isA =
  <T>(type: abstract new (...args: never) => T) =>
  (value: unknown): value is T =>
    value instanceof type;

extension(
  1,
  isA(Undefined),
  () => null,
  () => undefined,
);
extension(
  2,
  isA(Referenced),
  (one) => one.reference,
  (plain: Reference) => revive(plain),
);
extension(
  3,
  isA(Map),
  (map) => [...map],
  (plain: [unknown, unknown][]) => new Map(plain),
);
extension(
  4,
  isA(Set),
  (set) => [...set],
  (plain: unknown[]) => new Set(plain),
);
extension(
  5,
  isA(Error),
  (error) => [error.name, error.message],
  ([name, message]: [string, string]) => Object.assign(new Error(message), { name }),
);
extension(
  6,
  isA(ArrayBuffer),
  (buffer) => new Uint8Array(buffer),
  (plain: Uint8Array) => plain.slice().buffer,
);
TYPED.forEach((type, i) =>
  extension(
    10 + i,
    (value): value is ArrayBufferView => value instanceof type,
    (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    (plain: Uint8Array) => new type(plain.slice().buffer),
  ),
);

function revive(reference: Reference): unknown {
  return (
    reviverFor(reference.kind)?.(reference) ?? {
      ...reference,
      [TO_REFERENCE]: async () => reference,
    }
  );
}

export const codec: Codec = {
  async encode(value, what) {
    const ready = await prepare(value, what, new Walk(what));
    const bytes = encode(ready, options);
    refuseTooLong(what, bytes.byteLength);
    return { bytes: bytes.slice().buffer, label: labelOf(value, ready) };
  },
  decode: (bytes) => decode(bytes, options),
};

/** Where the preparation of a value stands: inside which objects, and how long the encoded value is at least. */
class Walk {
  readonly inside = new Set<object>();
  readonly #what: string;
  #bytes = 0;

  constructor(what: string) {
    this.#what = what;
  }

  /** A value that is far too long is refused before it is copied and encoded. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.expect(0);
  }

  /** So many entries follow, each of a byte or more. */
  expect(entries: number): void {
    refuseTooLong(this.#what, this.#bytes + entries);
  }
}

/** Copies the value into what msgpack can hold, with the path at hand when something cannot cross. */
async function prepare(value: unknown, path: string, walk: Walk): Promise<unknown> {
  walk.add(typeof value === 'string' ? value.length + 1 : 1);
  if (value === undefined) return new Undefined();
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new CannotEncode(path, `a ${typeof value} cannot leave its worker; return data instead`);
  if (typeof value === 'bigint' && (value < MIN_BIGINT || value > MAX_BIGINT))
    throw new CannotEncode(path, 'it does not fit 64 bits; return it as text');
  if (value === null || typeof value !== 'object') return value;
  const { inside } = walk;
  if (inside.has(value)) throw new CannotEncode(path, 'it contains itself');
  if (inside.size >= MAX_DEPTH)
    throw new CannotEncode(path, `it is nested more than ${MAX_DEPTH} deep; return it flatter`);
  inside.add(value);
  try {
    return await prepareObject(value, path, walk);
  } finally {
    inside.delete(value);
  }
}

async function prepareObject(value: object, path: string, walk: Walk): Promise<unknown> {
  if (isReferable(value)) return new Referenced(await value[TO_REFERENCE]());
  if (value instanceof Date && Number.isNaN(value.getTime()))
    throw new CannotEncode(path, 'it is no valid date');
  if (LEAVES.some((leaf) => value instanceof leaf)) return prepareLeaf(value, walk);
  if (Array.isArray(value)) {
    walk.expect(value.length);
    return inOrder(value, (one, i) => prepare(one, `${path}[${i}]`, walk));
  }
  if (value instanceof Set) {
    walk.expect(value.size);
    return new Set(await inOrder([...value], (one, i) => prepare(one, `${path}{${i}}`, walk)));
  }
  if (value instanceof Map) {
    walk.expect(value.size);
    return new Map(
      await inOrder(
        [...value],
        async ([key, one]) =>
          [
            await prepare(key, `${path} key`, walk),
            await prepare(one, `${path}[${keyInPath(key)}]`, walk),
          ] as const,
      ),
    );
  }
  return preparePlain(value, path, walk);
}

function prepareLeaf(value: object, walk: Walk): object {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) walk.add(value.byteLength);
  if (value instanceof Error) {
    const { message }: { readonly message: unknown } = value;
    if (typeof message === 'string') walk.add(message.length);
  }
  return value;
}

async function preparePlain(value: object, path: string, walk: Walk): Promise<unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new CannotEncode(path, `a ${nameOf(value)} cannot be stored; return plain data of it`);
  const keys = Object.keys(value);
  walk.expect(2 * keys.length);
  const entries = await inOrder(keys, async (key) => {
    if (key === '__proto__') throw new CannotEncode(path, 'the key __proto__ is not allowed');
    walk.add(key.length + 1);
    const one: unknown = Reflect.get(value, key);
    return [key, await prepare(one, `${path}.${key}`, walk)] as const;
  });
  return Object.fromEntries(entries);
}

/** One after another: references store their content, and the order must not depend on how long that takes. */
async function inOrder<T, R>(
  items: readonly T[],
  each: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) results.push(await each(item, index));
  return results;
}

/** An object has no word of its own, and asking it for one runs code. */
const keyInPath = (key: unknown): string =>
  typeof key === 'object' && key !== null ? 'object' : String(key).slice(0, 100);

/** What is encoded as it stands. */
const LEAVES = [Error, Date, ArrayBuffer, Uint8Array, ...TYPED];

const nameOf = (value: object): string =>
  typeof value.constructor === 'function' ? value.constructor.name : 'object of its own kind';

const isReferable = (value: object): value is Referable => TO_REFERENCE in value;
