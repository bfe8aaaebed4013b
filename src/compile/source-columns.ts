/** Where tokens of one line went: [column in the translation, column in the author's text], from 0, ascending. */
export type LineColumns = readonly (readonly [translated: number, author: number])[];

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Reads the `mappings` of a source map whose lines are the author's lines, as sucrase's are, by line.
 * https://tc39.es/ecma426/#sec-mappings
 */
export function readColumns(mappings: string): readonly LineColumns[] {
  // The author's column goes on from line to line, the translated one starts anew.
  let author = 0;
  return mappings.split(';').map((line) => {
    let translated = 0;
    return line.split(',').flatMap((segment) => {
      if (segment === '') return [];
      const [step = 0, , , authorStep = 0] = readNumbers(segment);
      return [[(translated += step), (author += authorStep)] as const];
    });
  });
}

/** The author's column for a column of the translation. */
export function authorColumn(line: LineColumns, column: number): number {
  const before = line.findLast(([translated]) => translated <= column);
  return before ? before[1] + column - before[0] : column;
}

/** Base64 digits of five bits, lowest first; the sixth bit says that more follow, the very first is the sign. */
function readNumbers(segment: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
