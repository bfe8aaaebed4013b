import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { databaseName } from '#storage/schema.ts';
import { compareKeys, includes, isEmpty, keyAt, within, type Key } from '#storage/keys.ts';

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(-Infinity, Infinity, 0.5),
  fc.string({ maxLength: 3, unit: 'binary' }),
);
const key: fc.Arbitrary<Key> = fc.letrec<{ key: Key }>((tie) => ({
  key: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('key'), { maxLength: 3 })),
})).key;

test('keys are ordered as IndexedDB orders them', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(indexedDB.cmp(a, b));
    }),
  );
});

test('a range holds the keys that IndexedDB says it holds', () => {
  fc.assert(
    fc.property(
      fc.array(scalar, { maxLength: 2 }),
      scalar,
      scalar,
      key,
      (prefix, from, to, one) => {
        const range = within(prefix, from, to);
        fc.pre(!isEmpty(range));
        const theirs = IDBKeyRange.bound(range.lower, range.upper);
        expect(includes(range, one)).toBe(theirs.includes(one));
      },
    ),
  );
});

test('a range without ends holds every key that goes on from its prefix, and no other', () => {
  const part = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constantFrom('', 'a', '\u{10ffff}'));
  const parts = fc.array(part, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 2 }), parts, (prefix, one) => {
      const goesOn = one.length > prefix.length && prefix.every((value, i) => value === one[i]);
      expect(includes(within(prefix), one)).toBe(goesOn);
    }),
  );
});

test('a record without a part of a key path has no key', () => {
  const record = { a: 1, deep: { b: 'x' }, bad: NaN };
  expect(keyAt(record, 'a')).toBe(1);
  expect(keyAt(record, ['deep.b', 'a'])).toEqual(['x', 1]);
  expect(keyAt(record, ['a', 'none'])).toBeUndefined();
  expect(keyAt(record, ['a', 'a.b.c'])).toBeUndefined();
  expect(keyAt(record, 'bad')).toBeUndefined();
});

test('no two base paths and namespaces share a database', () => {
  const path = fc
    .array(fc.constantFrom('a', 'nightshift', ':', '%3A'), { maxLength: 3 })
    .map((parts) => ['', ...parts, ''].join('/'));
  const place = fc.tuple(path, fc.option(fc.string(), { nil: undefined }));
  fc.assert(
    fc.property(place, place, (a, b) => {
      const same = a[0].replace(/\/*$/, '') === b[0].replace(/\/*$/, '') && a[1] === b[1];
      expect(databaseName(...a) === databaseName(...b)).toBe(same);
    }),
  );
  expect(databaseName('/')).toBe('/nightshift');
  expect(databaseName('/lab', 'link/7')).toBe('/lab/nightshift:link%2F7');
});
