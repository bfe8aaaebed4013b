import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codec } from '#rpc/codec.ts';

const leaves = fc.oneof(
  fc.constantFrom(undefined, null, Number.NaN, Infinity),
  fc.boolean(),
  fc.double().map((number) => number + 0),
  fc.integer(),
  fc.string({ unit: 'grapheme' }),
  fc.date({ noInvalidDate: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.float32Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 5 }),
);
const keys = fc.string().filter((key) => key !== '__proto__');

const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaves,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(fc.string(), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}));

const hex = async (value: unknown) =>
  Buffer.from((await codec.encode(value, 'it')).bytes).toString('hex');

/** The same value with the keys of its objects the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, reversed(one)]));
  if (Object.getPrototypeOf(value ?? 0) !== Object.prototype) return value;
  const entries = Object.entries(value as object).reverse();
  return Object.fromEntries(entries.map(([key, one]) => [key, reversed(one)]));
}

describe('any value that can cross', () => {
  it('comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const { bytes } = await codec.encode(value, 'it');
        expect(codec.decode(bytes)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('has one form: again encoded, and with its keys in another order', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const once = await hex(value);
        expect(await hex(codec.decode((await codec.encode(value, 'it')).bytes))).toBe(once);
        expect(await hex(reversed(value))).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

it('any bytes are decoded or refused, and pollute nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        codec.decode(bytes.slice().buffer);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
