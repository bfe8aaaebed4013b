import type { Problem } from '#domain/engine-api.ts';
import type { SourceFile } from '#domain/records.ts';
import { bareName, isFileName } from './file-names.ts';

const MAX_FILES = 20;
/** Of all files of a flow together, in bytes of UTF-8: bounds how long a compilation takes. */
const MAX_SOURCE_BYTES = 256 * 1024;

/** What is wrong with the files before any of them is read; a source with such a problem is not compiled. */
export function refuseFiles(files: readonly SourceFile[]): readonly Problem[] {
  const messages = [
    ...refuseNumber(files.length),
    ...refuseSize(files),
    ...files.flatMap(refuseName),
    ...refuseDuplicates(files.map(({ name }) => bareName(name))),
  ];
  return messages.map((message) => ({ message }));
}

function refuseNumber(files: number): readonly string[] {
  if (files === 0) return ['The flow has no files. Add flow.ts and write the flow in it.'];
  if (files <= MAX_FILES) return [];
  return [
    `The flow has ${files} files, at most ${MAX_FILES} are compiled. Put some of them together.`,
  ];
}

function refuseSize(files: readonly SourceFile[]): readonly string[] {
  const sizes = files.map(({ name, text }) => ({ name: bareName(name), bytes: bytesOf(text) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const [longest] = sizes.sort((a, b) => b.bytes - a.bytes);
  if (total <= MAX_SOURCE_BYTES || !longest) return [];
  return [
    `The flow has ${kilobytes(total)} of source, at most ${kilobytes(MAX_SOURCE_BYTES)} are compiled. ` +
      `Shorten ${longest.name}, the longest file (${kilobytes(longest.bytes)}); data belongs into a dataset.`,
  ];
}

function refuseName({ name }: SourceFile): readonly string[] {
  if (isFileName(name)) return [];
  return [
    `A file cannot be named '${name.slice(0, 120)}'. ` +
      'Use letters, digits, - and _, no folders, and end it with .ts, like features.ts.',
  ];
}

function refuseDuplicates(names: readonly string[]): readonly string[] {
  const repeated = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return [...repeated].map(
    (name) => `Two files are named '${name}'. Rename or remove one of them.`,
  );
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Rounded up, so that what is just over the limit does not read as the limit. */
const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;
