import { describe, expect, test } from 'vitest';
import { unpackModel } from '#ml/container.ts';
import { UnreadableFile } from '#ml/framed-file.ts';
import { KeptModels } from '#ml/kept-models.ts';
import { loadModel } from '#ml/predict.ts';
import { seededRandom } from '#ml/seeded.ts';
import { topWords } from '#ml/top-words.ts';
import { SMALL_ORIGIN, smallModel } from '#tests/support/small-models.ts';

const random = seededRandom(1);
const FILE = smallModel(
  ["I didn't like the café 😍", 'not good, not good at all!'],
  () => random() - 0.5,
);

describe('a loaded model', () => {
  test('scores words it knows, weighted by the square root of how many there are', () => {
    // Features in order: the words a, b and the pair "a b".
    const { score } = loadModel(
      smallModel(['a b'], (feature) => [1, 2, 4][feature] ?? 0, { bias: 0.5 }),
    );
    expect(score('a')).toBeCloseTo(1 + 0.5, 6);
    expect(score('A, b!')).toBeCloseTo(7 / Math.sqrt(3) + 0.5, 6);
    expect(score('b a')).toBeCloseTo(3 / Math.sqrt(2) + 0.5, 6);
    expect(score('a unknown b')).toBeCloseTo(3 / Math.sqrt(2) + 0.5, 6);
  });

  test('answers with its bias when it knows no word', () => {
    const { score, probability } = loadModel(FILE);
    expect(score('')).toBe(-0.25);
    expect(probability('zzz')).toBeCloseTo(1 / (1 + Math.exp(0.25)), 6);
  });

  test('gives contributions that sum to the score together with the bias', () => {
    const { explain, score } = loadModel(FILE);
    for (const text of [
      "didn't like the CAFÉ, not good, not good 😍😍",
      'good',
      '',
      'zzz not at all!!',
    ]) {
      const { tokens, bias, score: explained } = explain(text);
      const sum = tokens.reduce((total, token) => total + token.contribution, bias);
      expect(sum).toBeCloseTo(score(text), 6);
      expect(explained).toBe(score(text));
    }
  });

  test('names the places of the tokens in the string', () => {
    const text = '😍 I didn’t like — the CAFÉ!';
    const { tokens } = loadModel(FILE).explain(text);
    const words = tokens.map(({ start, end }) => text.slice(start, end));
    expect(words).toEqual(['😍', 'I', 'didn’t', 'like', 'the', 'CAFÉ', '!']);
  });

  test('gives unknown words no share and shares a pair between its two words', () => {
    const { explain } = loadModel(
      smallModel(['a b'], (feature) => [0, 0, 6][feature] ?? 0, { bias: 0 }),
    );
    const shares = explain('zzz a b').tokens.map(({ contribution }) => contribution);
    expect(shares).toEqual(
      [0, 3 / Math.sqrt(3), 3 / Math.sqrt(3)].map((share) => expect.closeTo(share, 6)),
    );
  });

  test('answers for texts longer than its buffer', () => {
    expect(loadModel(FILE).score('good '.repeat(10_000))).toBeCloseTo(
      loadModel(FILE).score('good'),
      6,
    );
  });

  test('tells what is known about it', () => {
    expect(loadModel(FILE).meta).toMatchObject({
      kind: 'sentiment',
      tokeniser: 1,
      ...SMALL_ORIGIN,
    });
  });
});

describe('explaining', () => {
  test('marks the words that the model has never met', () => {
    const { tokens } = loadModel(FILE).explain('good zzz');
    expect(tokens.map(({ known }) => known)).toEqual([true, false]);
  });

  test('names the words and pairs with the largest weights of each side', () => {
    // Features in order: the words a, b, c and the pairs "a b", "b c".
    const file = smallModel(['a b c'], (feature) => [1, -2, 0, 3, -0.5][feature] ?? 0);
    expect(topWords(unpackModel(file), 10)).toEqual({
      positive: [
        { text: 'a b', weight: 3 },
        { text: 'a', weight: 1 },
      ],
      negative: [
        { text: 'b', weight: -2 },
        { text: 'b c', weight: -0.5 },
      ],
    });
    expect(topWords(unpackModel(file), 1).positive).toEqual([{ text: 'a b', weight: 3 }]);
  });

  test('finds the largest of many as a sort of all would', () => {
    const weights = seededRandom(5);
    const texts = Array.from({ length: 300 }, (_, i) => `w${i}`);
    const file = smallModel(texts, () => Math.fround(weights() - 0.5));
    const all = topWords(unpackModel(file), 300);
    expect(topWords(unpackModel(file), 7)).toEqual({
      positive: all.positive.slice(0, 7),
      negative: all.negative.slice(0, 7),
    });
    expect(all.positive.length + all.negative.length).toBe(300);
  });
});

describe('kept models', () => {
  test('are as many as there is room for: those used longest ago go, the newest stays', () => {
    const kept = new KeptModels(FILE.length * 6 * 2);
    kept.keep('a', FILE);
    kept.keep('b', FILE);
    kept.get('a');
    kept.keep('c', FILE);
    expect(['a', 'b', 'c'].filter((key) => kept.get(key))).toEqual(['a', 'c']);
    const tight = new KeptModels(1);
    tight.keep('a', FILE);
    expect(() => tight.keep('b', new Uint8Array(3))).toThrow(UnreadableFile);
    expect(tight.get('a')?.ready.score('good')).toBe(loadModel(FILE).score('good'));
  });
});

describe('a model file', () => {
  const refused = (bytes: Uint8Array, reason: string) => {
    expect(() => loadModel(bytes)).toThrow(UnreadableFile);
    expect(() => loadModel(bytes)).toThrow(reason);
  };
  const changed = (change: (bytes: Uint8Array) => void) => {
    const bytes = FILE.slice();
    change(bytes);
    return bytes;
  };

  test('is refused when it is something else', () => {
    refused(
      new TextEncoder().encode('<!doctype html><title>Not found</title>'),
      'does not begin with NSMODEL1',
    );
    refused(new Uint8Array(3), 'fewer than its frame');
  });

  test('is refused when it is cut short or has something behind it', () => {
    refused(FILE.subarray(0, -1), 'bytes instead of');
    refused(Uint8Array.of(...FILE, 0), 'bytes instead of');
  });

  test('is refused when any byte of it has changed', () => {
    for (let at = 0; at < FILE.length; at += 7)
      expect(() => loadModel(changed((bytes) => (bytes[at]! ^= 0x10)))).toThrow(UnreadableFile);
  });

  test('is refused when it is of another version', () => {
    refused(
      changed((bytes) => (bytes[8] = 2)),
      'its version is 2, and this program reads version 1',
    );
  });
});
