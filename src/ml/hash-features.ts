import type { Split } from './dataset.ts';
import { taskHost } from './task-host.ts';
import { loadTensors } from './tensor.ts';
import { tokenise } from './tokenise.ts';
import { Tokens } from './tokens.ts';

export interface HashedFeatures {
  /** Rows, and numbers a row. */
  readonly shape: [number, number];
  /** Row after row: 1 / sqrt(distinct words) where a word of the text falls, else 0. */
  readonly values: Float32Array;
  /** 0 or 1, one a row. */
  readonly labels: Float32Array;
}

/** What a dense matrix may hold at most, in numbers: 256 MB. */
const MOST_NUMBERS = 64 * 1024 * 1024;

/**
 * Texts as rows of a dense matrix, each word at a place that its hash names: nothing is learned from the rows, so
 * training and held-out rows need no vocabulary in common.
 * @param places numbers a row, at least 2
 * @throws RangeError when so many rows of so many numbers do not fit
 */
export async function hashFeatures(split: Split, places: number): Promise<HashedFeatures> {
  if (!(Number.isSafeInteger(places) && places >= 2))
    throw new RangeError(`hashFeatures: places is a whole number from 2, not ${String(places)}.`);
  const { count, text, ends, labels } = await split.rows();
  if (count * places > MOST_NUMBERS)
    throw new RangeError(
      `hashFeatures: ${count} rows of ${places} numbers do not fit; at most ${Math.floor(MOST_NUMBERS / count)} places do.`,
    );
  const values = new Float32Array(count * places);
  const tokens = new Tokens();
  for (let row = 0; row < count; row++) {
    tokenise(text, ends[row - 1] ?? 0, ends[row] ?? 0, tokens);
    const found = new Set<number>();
    for (let i = 0; i < tokens.count; i++) found.add(placeOf(tokens.hashes[i] ?? 0, places));
    for (const place of found) values[row * places + place] = 1 / Math.sqrt(found.size);
  }
  return { shape: [count, places], values, labels: Float32Array.from(labels) };
}

/**
 * Starts TensorFlow.js in this task: on WebAssembly, or on the cpu where that cannot be had. The same instance that
 * `import * as tf from '@tensorflow/tfjs'` gives.
 * @returns the name of the backend
 */
export async function startTensors(): Promise<string> {
  const host = taskHost('startTensors');
  const { backend, reason } = await loadTensors(() => host.wasm());
  host.log('INFO', `TensorFlow.js on ${backend} (${reason})`);
  return backend;
}

/** Only the low bits of a remainder count: the hash is mixed once more. */
const placeOf = (hash: number, places: number): number => ((hash ^ (hash >>> 15)) >>> 0) % places;
