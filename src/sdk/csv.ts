import { showValue } from '#domain/show-value.ts';

type CsvCell = string | number | boolean | null | undefined;

/** What a spreadsheet takes for a formula when it begins a cell. */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/**
 * Rows as CSV (RFC 4180: commas, CRLF, quotes where they are needed), the columns those of the first row: `csv([{ id:
 * 'r1', text: 'Fine, "really"' }])`. A text that a spreadsheet would run as a formula gets an apostrophe in front;
 * numbers stay numbers. null and undefined are empty cells.
 * @throws TypeError naming the row and column of what is no plain cell
 */
export function csv(rows: readonly Readonly<Record<string, CsvCell>>[]): string {
  const [first] = rows;
  if (!first) return '';
  const columns = Object.keys(first);
  const lines = rows.map((row, i) =>
    columns.map((column) => cell(row[column], () => `row ${i + 1}, column ${column}`)).join(','),
  );
  return [columns.map((column) => textCell(column)).join(','), ...lines, ''].join('\r\n');
}

function cell(value: CsvCell, where: () => string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return textCell(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  throw new TypeError(
    `csv: ${where()} is ${showValue(value)}, and a cell is text, a number or a truth value.`,
  );
}

function textCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
