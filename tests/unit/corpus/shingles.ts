/** Lower-case words without punctuation: what two writers' rows are compared by. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .replaceAll('’', "'")
    .match(/[\p{L}\p{N}']+/gu) ?? [];

/** The distinct sequences of `length` words. */
export function shingles(text: string, length: number): ReadonlySet<string> {
  const words = wordsOf(text);
  const starts = Math.max(0, words.length - length + 1);
  return new Set(Array.from({ length: starts }, (_, i) => words.slice(i, i + length).join(' ')));
}

interface Alike {
  readonly first: number;
  readonly second: number;
  /** Shared sequences of three words, as a share of all those of both. */
  readonly jaccard: number;
}

/** The pairs of texts that share at least one sequence of three words; all other pairs have a Jaccard index of 0. */
export function* alikePairs(texts: readonly string[]): Generator<Alike> {
  const sets = texts.map((text) => shingles(text, 3));
  const seen = new Map<string, number[]>();
  for (const [second, set] of sets.entries())
    for (const [first, shared] of sharedBefore(set, second, seen)) {
      const all = set.size + (sets[first]?.size ?? 0) - shared;
      yield { first, second, jaccard: shared / all };
    }
}

/** How many sequences each earlier text shares with this one, which is entered into the index. */
function sharedBefore(
  set: ReadonlySet<string>,
  index: number,
  seen: Map<string, number[]>,
): ReadonlyMap<number, number> {
  const shared = new Map<number, number>();
  for (const shingle of set) {
    const before = seen.get(shingle) ?? [];
    for (const one of before) shared.set(one, (shared.get(one) ?? 0) + 1);
    seen.set(shingle, [...before, index]);
  }
  return shared;
}
