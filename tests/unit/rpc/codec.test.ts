import { describe, expect, it } from 'vitest';
import {
  registerReviver,
  TO_REFERENCE,
  type Referable,
  type Reference,
} from '#domain/author-host.ts';
import { CannotEncode } from '#domain/codec.ts';
import { codec } from '#rpc/codec.ts';

const roundTrip = async (value: unknown): Promise<unknown> =>
  codec.decode((await codec.encode(value, 'it')).bytes);

const encoded = async (value: unknown): Promise<string> =>
  Buffer.from((await codec.encode(value, 'it')).bytes).toString('hex');

/** `it.rows[2]: a function cannot leave its worker; return data instead` */
async function refusalOf(value: unknown): Promise<string> {
  try {
    await codec.encode(value, 'it');
    return 'accepted';
  } catch (error) {
    return error instanceof CannotEncode ? `${error.path}: ${error.message}` : `not ours: ${error}`;
  }
}

class Bag implements Referable {
  readonly items: readonly string[];
  constructor(items: readonly string[]) {
    this.items = items;
  }

  async [TO_REFERENCE](): Promise<Reference> {
    const label = `${this.items.length} items`;
    return { kind: 'bag', label, data: { items: this.items } };
  }
}
registerReviver('bag', ({ data }) => new Bag(data['items'] as string[]));

describe('a value that crosses', () => {
  it('comes back as it was', async () => {
    const values = [
      undefined,
      null,
      true,
      0,
      -1,
      2 ** 31,
      2 ** 52 + 1,
      -(2 ** 53 - 1),
      1.5,
      Number.NaN,
      Infinity,
      -Infinity,
      12345678901234567890n,
      '',
      'naïve 😀 text',
      [],
      [undefined, [null, []]],
      {},
      { a: { b: { c: undefined } } },
      new Date(1_700_000_000_123),
      new Date(-1),
      new Map<unknown, unknown>([
        ['a', new Set([1, undefined])],
        [{ key: 1 }, new Map()],
      ]),
      new Set(['b', 'a']),
    ];
    for (const value of values) expect(await roundTrip(value)).toEqual(value);
    expect(await roundTrip(values)).toEqual(values);
  });

  it('keeps the type of its arrays of numbers, however they lie in memory', async () => {
    const arrays = [
      new Int8Array([-1, 2]),
      new Uint8Array([1, 2]),
      new Uint8ClampedArray([1, 255]),
      new Int16Array([-300]),
      new Uint16Array([300]),
      new Int32Array([-70_000]),
      new Uint32Array([4_000_000_000]),
      new Float32Array([0.5, Number.NaN]),
      new Float64Array([0.1]),
      new BigInt64Array([-5n]),
      new BigUint64Array([2n ** 63n]),
    ];
    for (const array of arrays) {
      const back = await roundTrip({ odd: 'x', array });
      expect(back).toEqual({ odd: 'x', array });
      expect((back as { array: object }).array.constructor).toBe(array.constructor);
    }
    const middle = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    expect(await roundTrip(middle)).toEqual(new Float32Array([2, 3]));
  });

  it('keeps a buffer a buffer', async () => {
    const back = await roundTrip([Uint8Array.from([1, 2, 3]).buffer]);
    expect(back).toEqual([Uint8Array.from([1, 2, 3]).buffer]);
  });

  it('keeps name and message of an error', async () => {
    const back = await roundTrip({ first: new TypeError('no'), rest: [new RangeError('too far')] });
    expect(back).toMatchObject({ first: { name: 'TypeError', message: 'no' } });
    const { first, rest } = back as { first: Error; rest: Error[] };
    expect(first).toBeInstanceOf(Error);
    expect(String(rest[0])).toBe('RangeError: too far');
  });

  it('may hold large values by reference, anywhere inside', async () => {
    const back = await roundTrip({ bags: [new Bag(['a']), new Map([['b', new Bag([])]])] });
    expect(back).toEqual({ bags: [new Bag(['a']), new Map([['b', new Bag([])]])] });
    expect((back as { bags: [Bag] }).bags[0]).toBeInstanceOf(Bag);
  });

  it('passes on a reference that this worker cannot revive', async () => {
    const reference = { kind: 'unheard of', label: 'something', data: { hash: 'x' } };
    const stranger = { [TO_REFERENCE]: async () => reference };
    const bytes = await encoded(stranger);
    expect(await encoded(await roundTrip(stranger))).toBe(bytes);
  });

  it('has the same bytes whatever the order of its keys', async () => {
    const one = { b: 1, a: { d: [1], c: 2 } };
    const other = { a: { c: 2, d: [1] }, b: 1 };
    expect(await encoded(one)).toBe(await encoded(other));
    expect(await encoded(new Map([[1, one]]))).toBe(await encoded(new Map([[1, other]])));
    expect(await encoded({ a: 1 })).not.toBe(await encoded({ a: 1, b: undefined }));
  });

  it('is told in a few words', async () => {
    const label = async (value: unknown) => (await codec.encode(value, 'it')).label;
    expect(await label(0.928)).toBe('0.928');
    expect(await label('promoted (acc=0.928)')).toBe('"promoted (acc=0.928)"');
    expect(await label(undefined)).toBe('nothing');
    expect(await label([1, 2])).toBe('list of 2');
    expect(await label({ loss: 1, accuracy: 2 })).toBe('{ loss, accuracy }');
    expect(await label(new Float32Array(2))).toBe('Float32Array');
    expect(await label(new Bag(['a', 'b']))).toBe('2 items');
    expect(await label('x'.repeat(200))).toHaveLength(80);
  });
});

describe('what cannot cross', () => {
  it('is refused with the path to it', async () => {
    expect(await refusalOf(() => 1)).toBe(
      'it: a function cannot leave its worker; return data instead',
    );
    expect(await refusalOf({ rows: [1, { parse: () => 1 }] })).toContain('it.rows[1].parse: a fun');
    expect(await refusalOf([Symbol('x')])).toContain('it[0]: a symbol');
    expect(await refusalOf(new Map([['key', () => 1]]))).toContain('it[key]: a function');
    expect(await refusalOf(new Map([[{ f: () => 1 }, 1]]))).toContain('it key.f: a function');
    expect(await refusalOf(new Set([1, () => 1]))).toContain('it{1}: a function');
    expect(await refusalOf({ later: Promise.resolve(1) })).toBe(
      'it.later: a Promise cannot be stored; return plain data of it',
    );
    expect(await refusalOf(new WeakMap())).toContain('a WeakMap cannot be stored');
  });

  it('is an object that contains itself, but not one that is there twice', async () => {
    const shared = { a: 1 };
    expect(await roundTrip([shared, shared])).toEqual([shared, shared]);
    const loop: Record<string, unknown> = { inner: {} };
    (loop['inner'] as Record<string, unknown>)['outer'] = loop;
    expect(await refusalOf(loop)).toBe('it.inner.outer: it contains itself');
  });

  it('is an object with a prototype of its own, even a nameless one', async () => {
    expect(await refusalOf(Object.create(Object.create(null) as object))).toContain(
      'it: a object of its own kind cannot be stored',
    );
    expect(await roundTrip(Object.create(null))).toEqual({});
  });

  it('is the key __proto__', async () => {
    const value = JSON.parse('{"a": {"__proto__": {"polluted": 1}}}') as unknown;
    expect(await refusalOf(value)).toBe('it.a: the key __proto__ is not allowed');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('is what would come back as something else', async () => {
    expect(await refusalOf(new DataView(new ArrayBuffer(2)))).toContain('a DataView cannot');
    expect(await refusalOf([new Date(Number.NaN)])).toContain('it[0]: it is no valid date');
    expect(await refusalOf({ count: 2n ** 64n })).toContain('it.count: it does not fit 64 bits');
  });

  it('is what is nested too deeply, and that is told as well', async () => {
    let deep: unknown = 1;
    for (let i = 0; i < 500; i++) deep = [deep];
    expect(await refusalOf(deep)).toMatch(/^it\[0\]\[0\].*nested/);
  });
});

describe('damaged bytes', () => {
  it('are an error, not a value', () => {
    for (const bytes of [[], [0xc1], [0x93, 1], [0x81, 0xa9]])
      expect(() => codec.decode(Uint8Array.from(bytes).buffer)).toThrow();
  });

  it('cannot set a prototype', () => {
    const key = [...'__proto__'].map((letter) => letter.charCodeAt(0));
    const bytes = Uint8Array.from([0x81, 0xa9, ...key, 0x80]).buffer;
    expect(() => codec.decode(bytes)).toThrow('__proto__');
  });
});

describe('a value that is too long', () => {
  const LIMIT = 64 * 1024 * 1024;
  const tooLong = (megabytes: number) =>
    `it: it is ${megabytes} MB long or more, and 64 MB is the limit; pass on less, or a dataset or model`;

  it('is refused before it is copied', async () => {
    const half = 'x'.repeat(LIMIT / 2);
    let read = 0;
    const counted = {
      get late() {
        read++;
        return 1;
      },
    };
    expect(await refusalOf([half, half, counted])).toBe(tooLong(65));
    expect(read).toBe(0);
    expect(await refusalOf(new Uint8Array(200 * 1024 * 1024))).toBe(tooLong(201));
    expect(await refusalOf({ a: [new ArrayBuffer(LIMIT)] })).toBe(tooLong(65));
    expect(await refusalOf(new Error(half + half))).toBe(tooLong(65));
  });

  it('is refused by its number of entries, before one of them is looked at', async () => {
    expect(await refusalOf(new Array(2 ** 31))).toBe(tooLong(2049).replace('2049', '2,049'));
  });

  it('is refused by its exact length where that is known only when it is encoded', async () => {
    expect(await refusalOf('é'.repeat(LIMIT / 2))).toBe(tooLong(65));
    expect(await refusalOf('x'.repeat(LIMIT - 10))).toBe('accepted');
  });
});
