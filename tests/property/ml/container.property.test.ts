import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packRows } from '#domain/rows.ts';
import { packModel, unpackModel, UnreadableFile } from '#ml/container.ts';
import { learnFeatures } from '#ml/learn-features.ts';
import { readModelFile } from '#ml/model-file.ts';
import { featureCount, type Vocabulary } from '#ml/vocabulary.ts';

const origin = fc.record({
  trainedRows: fc.nat(),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  snapshot: fc.string(),
  backend: fc.constantFrom('cpu', 'wasm'),
  metrics: fc.dictionary(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  ),
  createdBy: fc.string({ unit: 'grapheme' }),
});
const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 });

function vocabularyOf(said: readonly string[]): Vocabulary {
  const rows = said.map((text, i) => ({ id: `${i}`, domain: '', label: 0 as const, text }));
  return learnFeatures(packRows(rows), 1).vocabulary;
}

const model = texts.chain((said) => {
  const vocabulary = vocabularyOf(said);
  const size = featureCount(vocabulary);
  const weights = fc.float32Array({ minLength: size, maxLength: size });
  return fc.record({ vocabulary: fc.constant(vocabulary), weights, bias: fc.float() });
});

const wordsOf = ({ words }: Vocabulary): readonly number[][] =>
  Array.from({ length: words.size }, (_, id) => [...words.entry(id)]);

describe('a model file, for any model', () => {
  test('comes back exactly as it was packed', () => {
    fc.assert(
      fc.property(origin, model, (from, packed) => {
        const back = unpackModel(packModel(from, packed));
        expect(back.meta).toMatchObject(from);
        expect(wordsOf(back.vocabulary)).toEqual(wordsOf(packed.vocabulary));
        expect(back.vocabulary.pairs.values()).toEqual(packed.vocabulary.pairs.values());
        expect(back.weights).toEqual(packed.weights);
        expect(back.bias).toBe(packed.bias);
      }),
    );
  });

  test('is the same bytes for the same model', () => {
    fc.assert(
      fc.property(origin, model, (from, packed) => {
        const { vocabulary, weights, bias } = unpackModel(packModel(from, packed));
        expect(packModel(from, { vocabulary, weights, bias })).toEqual(packModel(from, packed));
      }),
    );
  });

  test('is refused when one bit is turned', () => {
    fc.assert(
      fc.property(origin, model, fc.nat(), fc.nat({ max: 7 }), (from, packed, at, bit) => {
        const bytes = packModel(from, packed);
        bytes[at % bytes.length]! ^= 1 << bit;
        expect(() => unpackModel(bytes)).toThrow(UnreadableFile);
      }),
    );
  });

  test('is refused when it is anything else, with a reason and nothing but a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => unpackModel(bytes)).toThrow(UnreadableFile);
      }),
    );
  });
});

describe('a model file that somebody brings, for any model', () => {
  test('is read as what it says, and refused with what next after any flipped bit or cut', () => {
    const small = model.filter(({ weights, bias }) => [bias, ...weights].every(Number.isFinite));
    fc.assert(
      fc.property(
        origin,
        small,
        fc.nat(),
        fc.nat({ max: 7 }),
        fc.boolean(),
        (from, packed, at, bit, cuts) => {
          const bytes = packModel(from, packed);
          const { metrics, snapshot, createdBy } = from;
          expect(readModelFile(bytes.buffer)).toMatchObject({
            ok: true,
            about: { metrics, snapshot, createdBy, features: packed.weights.length },
          });
          if (!cuts) bytes[at % bytes.length]! ^= 1 << bit;
          const harmed = cuts ? bytes.slice(0, at % bytes.length) : bytes;
          const read = readModelFile(harmed.buffer);
          expect(read.ok ? '' : read.reason).toMatch(/\. (Choose|Download|Reload)/);
        },
      ),
    );
  });
});
