import * as fc from 'fast-check';
import { unzipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { unpackModel } from '#ml/container.ts';
import { loadModel } from '#ml/predict.ts';
import { seededRandom } from '#ml/seeded.ts';
import { tensorFlowFiles, tensorFlowZip, type NamedFiles } from '#ml/tfjs-files.ts';
import { TFJS_INPUT_TEXT } from '#ml/tfjs-input-text.ts';
import { tokenise } from '#ml/tokenise.ts';
import { Tokens } from '#ml/tokens.ts';
import { smallModel } from '#tests/support/small-models.ts';
import { corpusRows } from '#tests/unit/corpus/corpus-rows.ts';
import { someReviews } from './some-reviews.ts';

interface Input {
  readonly indices: Int32Array;
  readonly scale: Float32Array;
  readonly rows: number;
  readonly columns: number;
}
interface InputModule {
  tokenise(text: string): readonly string[];
  makeInput(texts: readonly string[], vocabulary: unknown): Input;
}

/** The module as whoever unpacks the zip would import it. */
const input = (await import(
  /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(TFJS_INPUT_TEXT).toString('base64')}`
)) as InputModule;

/** Loads files as a server would give them: the addresses in `model.json` are relative to it. */
async function loaded(files: NamedFiles): Promise<LayersModel> {
  const fetchFunc = async (address: string) => {
    const name = address.split('/').at(-1) ?? '';
    return new Response(files[name] ?? null, { status: files[name] ? 200 : 404 });
  };
  return loadLayersModel(
    tf.io.http('https://example.org/sentiment/model.json', {
      fetchFunc: fetchFunc as unknown as typeof fetch,
    }),
  );
}

async function answers(files: NamedFiles, texts: readonly string[]): Promise<Float32Array> {
  const model = await loaded(files);
  const vocabulary: unknown = JSON.parse(new TextDecoder().decode(files['vocabulary.json']));
  const { indices, scale, rows, columns } = input.makeInput(texts, vocabulary);
  const output = model.predict([
    tf.tensor2d(indices, [rows, columns], 'int32'),
    tf.tensor2d(scale, [rows, 1]),
  ]) as tf.Tensor;
  expect(output.shape).toEqual([rows, 1]);
  return (await output.data()) as Float32Array;
}

const STRANGE = [
  '',
  'zzz unheard of',
  "I didn't like the CAFÉ, wasn’t good!!! 😍😍",
  'ﬁne \ud800 Straße İstanbul ½ ⁉ ！！ 👍🏽👍🏽 don`t',
  'great '.repeat(500),
  `${'ü'.repeat(33)}n't`,
];

describe('the files for TensorFlow.js', () => {
  test('load with tf.loadLayersModel and answer as the model does, to 1e-5', async () => {
    const random = seededRandom(3);
    const reviews = someReviews(200).map(({ text }) => text);
    const file = smallModel([...reviews, ...STRANGE], () => (random() - 0.5) * 6);
    const texts = [...reviews, ...STRANGE];
    const given = await answers(unzipSync(tensorFlowZip(unpackModel(file))), texts);
    const { probability } = loadModel(file);
    texts.forEach((text, i) => expect(Math.abs(given[i]! - probability(text))).toBeLessThan(1e-5));
    expect(new Set([...given].map((one) => one.toFixed(3))).size).toBeGreaterThan(50);
  });

  test('of the model that ships with the site answer as it does on every review of the corpus', async () => {
    const file = readFileSync('public/recorded/model-v0.bin');
    const texts = corpusRows().map(({ text }) => text);
    const given = await answers(tensorFlowFiles(unpackModel(file)), texts);
    const { probability } = loadModel(file);
    const far = texts.map((text, i) => Math.abs(given[i]! - probability(text)));
    expect(Math.max(...far)).toBeLessThan(1e-5);
  });

  test('of a model without any feature answer with its bias', async () => {
    const file = smallModel([], () => 1);
    const [given] = await answers(tensorFlowFiles(unpackModel(file)), ['good']);
    expect(given).toBeCloseTo(loadModel(file).probability('good'), 6);
  });

  test('are the same bytes for the same model', () => {
    const zip = () => tensorFlowZip(unpackModel(smallModel(['good bad'], () => 1)));
    expect(zip()).toEqual(zip());
  });

  test('come with a tokeniser that cuts any text as ours does', () => {
    const tokens = new Tokens();
    const ours = (text: string): readonly string[] => {
      const bytes = new TextEncoder().encode(text);
      tokenise(bytes, 0, bytes.length, tokens);
      return Array.from({ length: tokens.count }, (_, i) =>
        new TextDecoder().decode(tokens.bytes.subarray(tokens.from(i), tokens.ends[i])),
      );
    };
    for (const text of STRANGE) expect(input.tokenise(text)).toEqual(ours(text));
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom("n't", 'n’T', '!', '?!', '😍', '👍🏽', 'é', '\u0301', '\ufe0f', ' ', 'n', "'"),
      fc.string({ minLength: 60, maxLength: 70 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(input.tokenise(text)).toEqual(ours(text));
      }),
      { numRuns: 1000 },
    );
  });
});
