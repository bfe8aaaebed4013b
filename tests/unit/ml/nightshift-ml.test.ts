import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const LAYER = new URL('../../../src/ml/', import.meta.url);
/** Imports that are carried out at load time: `import type` and `import()` are not. */
const STATIC = /^(?:import|export)(?! type\b)[^;'(]*?from '([^']+)'|^import '([^']+)'/gm;

function reachable(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.startsWith('./')) return seen;
  const source = readFileSync(new URL(file, LAYER), 'utf8');
  for (const [, from, bare] of source.matchAll(STATIC)) reachable(from ?? bare ?? '', seen);
  return seen;
}

const tensorModules = (entry: string): readonly string[] =>
  [...reachable(entry)].filter((module) => module.startsWith('@tensorflow/'));

describe('importing nightshift/ml', () => {
  test('loads no TensorFlow.js', () => {
    expect(tensorModules('./nightshift-ml.ts')).toEqual([]);
    expect(reachable('./nightshift-ml.ts').size).toBeGreaterThan(20);
  });

  test('and serving loads none either', () => {
    expect(tensorModules('./predict.ts')).toEqual([]);
  });

  test('while the tensor library does', () => {
    expect(tensorModules('./tensor-library.ts').length).toBeGreaterThan(3);
  });

  test('gives authors what the tutorial uses', async () => {
    const names = Object.keys(await import('#ml/nightshift-ml.ts'));
    expect(names.sort()).toEqual([
      'Dataset',
      'SentimentModel',
      'crossValidate',
      'detectDrift',
      'gate',
      'hashFeatures',
      'inspectRows',
      'loadDataset',
      'loadRows',
      'scoreRows',
      'startTensors',
    ]);
  });
});
