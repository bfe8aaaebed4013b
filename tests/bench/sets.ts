import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED_DATA, whyNoData } from '#tests/support/shared-data.ts';

/**
 * Labelled texts as others published them: a folder with train.tsv and test.tsv, or one with all.tsv and folds10.txt (a
 * fold number a row). Either may end in .gz. A row is `label<TAB>text`, label 0 or 1, UTF-8, split at line feeds only.
 */
export type TextSet =
  | {
      readonly name: string;
      readonly kind: 'train and test';
      readonly train: string;
      readonly test: string;
    }
  | {
      readonly name: string;
      readonly kind: 'folds';
      readonly all: string;
      readonly folds: readonly number[];
    };

/** Those that the table of the README is about come first. */
const FIRST = ['sst2', 'mr', 'imdb'];

export interface FoundSets {
  readonly sets: readonly TextSet[];
  /** Sentences: which of the first are not there. */
  readonly missing: readonly string[];
}

/** Whatever sets lie in the folder of the shared data. */
export function findSets(): FoundSets {
  const folders = existsSync(SHARED_DATA) ? readdirSync(SHARED_DATA) : [];
  const names = [...FIRST, ...folders.filter((name) => !FIRST.includes(name)).sort()];
  const found = names.map((name) => ({ name, set: textSet(name) }));
  return {
    sets: found.flatMap(({ set }) => (set ? [set] : [])),
    missing: found
      .filter(({ name, set }) => !set && FIRST.includes(name))
      .map(({ name }) => `${name} was skipped: ${whyNoData(name) ?? 'its folder holds no set'}.`),
  };
}

function textSet(name: string): TextSet | undefined {
  const file = (base: string) =>
    [base, `${base}.gz`]
      .map((one) => join(SHARED_DATA, name, one))
      .find((path) => existsSync(path));
  const [train, test, all, folds] = ['train.tsv', 'test.tsv', 'all.tsv', 'folds10.txt'].map(file);
  if (train !== undefined && test !== undefined)
    return { name, kind: 'train and test', train, test };
  if (all === undefined || folds === undefined) return undefined;
  const numbers = readFileSync(folds, 'utf8').trim().split('\n').map(Number);
  return { name, kind: 'folds', all, folds: numbers };
}

/** `test`, or `fold0` and so on. */
export const splitNames = (set: TextSet): readonly string[] =>
  set.kind === 'folds'
    ? [...new Set(set.folds)].sort((a, b) => a - b).map((fold) => `fold${fold}`)
    : ['test'];
