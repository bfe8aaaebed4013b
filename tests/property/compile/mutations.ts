import fc from 'fast-check';

/** What people and cats do to a source: parts are lost, doubled, moved, and signs appear from nowhere. */
type Mutation = (words: readonly string[]) => readonly string[];

const SIGNS =
  'import export default from type enum interface class declare abstract as satisfies async await yield function* ' +
  'static get readonly new super this < > { } ( ) [ ] ` ${ \' " /* */ // / \\ => ... : ? ?. ! = == @ # ; , . 0x 1n \\u ' +
  'import( import.meta <T> extends infer namespace using label: for( case';

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const index = (words: readonly string[], at: number) => Math.floor(at * words.length);

const loss = fc.tuple(place, fc.integer({ min: 1, max: 6 })).map(
  ([at, length]): Mutation =>
    (words) =>
      words.toSpliced(index(words, at), length),
);
const sign = fc
  .tuple(place, fc.oneof(fc.constantFrom(...SIGNS.split(' '), '\n'), fc.string({ unit: 'binary' })))
  .map(
    ([at, text]): Mutation =>
      (words) =>
        words.toSpliced(index(words, at), 0, text),
  );
const copy = fc
  .tuple(place, place, fc.integer({ min: 1, max: 9 }))
  .map(([from, to, length]): Mutation => (words) => {
    const start = index(words, from);
    return words.toSpliced(index(words, to), 0, ...words.slice(start, start + length));
  });
const end = place.map(
  (at): Mutation =>
    (words) =>
      words.slice(0, index(words, at)),
);

/** The text after a few mutations, so few that much of it still makes sense. */
export const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: loss },
        { weight: 4, arbitrary: sign },
        { weight: 3, arbitrary: copy },
        { weight: 1, arbitrary: end },
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((mutations) => mutations.reduce((words, mutate) => mutate(words), wordsOf(text)).join(''));

const wordsOf = (text: string): readonly string[] => text.match(/\w+|\s+|[^\w\s]/g) ?? [];
