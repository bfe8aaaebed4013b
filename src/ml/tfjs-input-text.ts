/**
 * A module of plain JavaScript for whoever takes a model away: a text to the two inputs of its TensorFlow.js files.
 * It does what `tokenise` and `FeatureReader` do; a test holds the two equal.
 */
export const TFJS_INPUT_TEXT = String.raw`// From a text to the input of the model beside this file. Tokeniser 1 of Nightshift. No dependencies.
//
//   import * as tf from '@tensorflow/tfjs';
//   import { makeInput } from './input.js';
//   const model = await tf.loadLayersModel('model.json');
//   const { indices, scale, rows, columns } = makeInput(['What a film'], vocabulary);
//   const answer = model.predict([
//     tf.tensor2d(indices, [rows, columns], 'int32'),
//     tf.tensor2d(scale, [rows, 1]),
//   ]);                                  // [rows, 1]: the probability of "positive"

const MARKS = /\p{M}/gu;
const ATTACHED = /^[\p{M}\p{Cf}\p{Emoji_Modifier}]$/u;
const WORD = /^[\p{L}\p{N}]$/u;
const NOT_WORD = /[^\p{L}\p{N}]/gu;
const EMOJI = /^[\p{Extended_Pictographic}\p{Regional_Indicator}]$/u;
const APOSTROPHES = "'\u0060\u2018\u2019\u201B\u02BC\u00B4\uFF07";
const LONGEST_BYTES = 64;

const unmarked = (text) => text.normalize('NFKD').replace(MARKS, '');

function fold(character) {
  if (APOSTROPHES.includes(character)) return { kind: 'apostrophe' };
  if (character < '\u0080') {
    if (/[a-z0-9]/i.test(character)) return { kind: 'letters', text: character.toLowerCase() };
    if (character === '!' || character === '?') return { kind: 'symbol', text: character };
    return { kind: 'gap' };
  }
  if (ATTACHED.test(character)) return { kind: 'attached' };
  if (WORD.test(character)) {
    const folded = unmarked(unmarked(character).toUpperCase().toLowerCase()).replace(NOT_WORD, '');
    return folded === '' ? { kind: 'gap' } : { kind: 'letters', text: folded };
  }
  const plain = character.normalize('NFKD');
  if (/^[!?]/.test(plain)) return { kind: 'symbol', text: plain.slice(0, 1) };
  return EMOJI.test(character) ? { kind: 'symbol', text: character } : { kind: 'gap' };
}

/** A word is told apart by its first 64 bytes of UTF-8. */
function cut(word) {
  if (word.length * 3 <= LONGEST_BYTES) return word;
  const bytes = new TextEncoder().encode(word).subarray(0, LONGEST_BYTES);
  return new TextDecoder().decode(bytes);
}

/** Words in lower case without accents, runs of ! or ?, emoji; "don't" and "dont" are one word. */
export function tokenise(text) {
  const found = [];
  const characters = Array.from(text);
  let word = '';
  let symbol = '';
  const close = () => {
    if (word !== '') found.push(cut(word));
    word = '';
  };
  characters.forEach((character, i) => {
    const { kind, text: folded } = fold(character);
    if (kind === 'attached') return;
    if (kind === 'letters') {
      word += folded;
      symbol = '';
    } else if (kind === 'symbol') {
      close();
      if (symbol !== folded) found.push(folded);
      symbol = folded;
    } else {
      const negates = /^t$/i.test(characters[i + 1] ?? '') && cut(word).endsWith('n');
      if (kind === 'apostrophe' && negates) return;
      close();
      symbol = '';
    }
  });
  close();
  return found;
}

/**
 * vocabulary: what vocabulary.json holds. The words of a text and the pairs of neighbouring words that the model knows,
 * each once, as rows of its table: 0 is padding, then the words, then the pairs.
 */
export function makeReader({ words, pairs }) {
  const wordOf = new Map(words.map((word, i) => [word, i]));
  const pairOf = new Map(pairs.map(([left, right], i) => [left * words.length + right, i]));
  return (text) => {
    const features = new Set();
    let before = -1;
    for (const token of tokenise(text)) {
      const word = wordOf.get(token) ?? -1;
      if (word >= 0) features.add(1 + word);
      const pair = word < 0 || before < 0 ? undefined : pairOf.get(before * words.length + word);
      if (pair !== undefined) features.add(1 + words.length + pair);
      before = word;
    }
    return [...features];
  };
}

/**
 * indices: rows x columns, padded with 0. scale: rows x 1; the model takes the mean over the columns, so it is
 * columns / sqrt(features of the text), which makes that mean the sum over the square root.
 */
export function makeInput(texts, vocabulary) {
  const all = texts.map(makeReader(vocabulary));
  const rows = all.length;
  const columns = all.reduce((most, features) => Math.max(most, features.length), 1);
  const indices = new Int32Array(rows * columns);
  all.forEach((features, row) => indices.set(features, row * columns));
  const scale = Float32Array.from(all, ({ length }) => (length === 0 ? 0 : columns / Math.sqrt(length)));
  return { indices, scale, rows, columns };
}
`;
