import { bareName } from './file-names.ts';

/** What author code can import besides files of its own flow. */
const LIBRARIES: readonly string[] = ['nightshift', 'nightshift/ml', '@tensorflow/tfjs'];

export type FoundTarget =
  | { readonly kind: 'library'; readonly specifier: string }
  | { readonly kind: 'file'; readonly name: string };

/** What a specifier stands for. */
export type ImportTarget = FoundTarget | { readonly kind: 'refused'; readonly reason: string };

/** `files`: bare names of the flow's files. `./features` and `./features.ts` are both the file features.ts. */
export function resolveImport(specifier: string, files: readonly string[]): ImportTarget {
  if (LIBRARIES.includes(specifier)) return { kind: 'library', specifier };
  if (!specifier.startsWith('./')) return { kind: 'refused', reason: notAllowed(specifier) };
  const bare = bareName(specifier);
  const name = files.find((file) => file === bare || file === `${bare}.ts`);
  return name === undefined
    ? { kind: 'refused', reason: missing(specifier, files) }
    : { kind: 'file', name };
}

export const WHAT_IS_ALLOWED = `A flow can import ${LIBRARIES.map((name) => `'${name}'`).join(', ')} and its own files, like './features'.`;

const notAllowed = (specifier: string): string =>
  `'${shorten(specifier)}' cannot be imported. ${WHAT_IS_ALLOWED} ` +
  'Use one of these, or copy the code you need into a file of this flow.';

const missing = (specifier: string, files: readonly string[]): string =>
  `This flow has no file '${shorten(specifier)}': it has ${files.join(', ')}. ` +
  `Add that file or correct the name. ${WHAT_IS_ALLOWED}`;

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
