import type { Position } from 'acorn';
import { transform } from 'sucrase';
import type { SourcePosition } from '#domain/failures.ts';
import { authorColumn, readColumns, type LineColumns } from './source-columns.ts';

/** Types must go, nothing else: browsers run the rest as it stands, on the lines the author wrote it. */
const OPTIONS = { transforms: ['typescript' as const], disableESTransforms: true };

/**
 * TypeScript to JavaScript, line by line.
 * @throws whatever sucrase throws: errors with a `loc` for syntax, anything else for what surprises it
 */
export const translate = (text: string): string => transform(text, OPTIONS).code;

/** Puts a place (line from 1, column from 0) where the author sees it. */
export type Placer = (at: Position) => SourcePosition;

/** For places in the translation. */
export function createPlacer(file: string, text: string): Placer {
  const place = createDirectPlacer(file, text);
  let columns: readonly LineColumns[] | undefined;
  return ({ line, column }) => {
    columns ??= columnsOf(text);
    return place({ line, column: authorColumn(columns[line - 1] ?? [], column) });
  };
}

/**
 * For places in the author's own text. Kept inside it: sucrase complains about what would come after the end, and
 * what it inserted into a line has no place of its own.
 */
export function createDirectPlacer(file: string, text: string): Placer {
  const lines = text.split('\n');
  return (at) => {
    const line = Math.min(at.line, lines.length);
    return { file, line, column: Math.min(at.column, (lines[line - 1] ?? '').length) + 1 };
  };
}

/** Only asked for when there is a problem to place; without an answer the columns of the translation must do. */
function columnsOf(text: string): readonly LineColumns[] {
  try {
    const sourceMapOptions = { compiledFilename: 'translation' };
    const map = transform(text, { ...OPTIONS, filePath: 'source', sourceMapOptions }).sourceMap;
    return readColumns(map?.mappings ?? '');
  } catch {
    return [];
  }
}
